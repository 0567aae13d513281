import {
  isGroupOfKit,
  misreadGroup,
  newAccountKey,
  parseRecoveryKit,
  printRecoveryKit,
  readKitOrKey,
  recoveryToken,
  type RecoveryKit,
} from './recovery-kit.js';

const kitOf = (accountKey: Uint8Array = newAccountKey(), organization = 'Küste & Co'): RecoveryKit => ({
  organization,
  organizationId: '911c13d3-9da7-42ea-8556-004bd1d964c4',
  server: 'https://aerie.example',
  rootFp: '4530955a'.repeat(8),
  accountKey,
});
const groupsOf = (text: string): string => /Account key:\s+(.*)/.exec(text)![1]!;

describe('The recovery kit', () => {
  it('reads back exactly what it printed, whatever the key', async () => {
    const keys = [new Uint8Array(16), new Uint8Array(16).fill(255), ...Array.from({ length: 50 }, newAccountKey)];
    for (const key of keys) expect(await parseRecoveryKit(await printRecoveryKit(kitOf(key)))).toEqual(kitOf(key));
  });

  it('forgives case, spaces, dashes, O for 0 and I or L for 1', async () => {
    const text = await printRecoveryKit(kitOf(new Uint8Array(16).fill(1)));
    const groups = groupsOf(text);
    expect(groups).toMatch(/0.*1|1.*0/);
    const sloppy = groups
      .toLowerCase()
      .replaceAll('-', '  ')
      .replaceAll('0', 'o')
      .replace('1', 'I')
      .replaceAll('1', 'l');
    expect((await parseRecoveryKit(text.replace(groups, `  ${sloppy} `))).accountKey).toEqual(
      new Uint8Array(16).fill(1),
    );
  });

  it('notices every mistyped digit and every swap of neighbors', async () => {
    const text = await printRecoveryKit(kitOf(Uint8Array.from({ length: 16 }, (_, i) => i * 13)));
    const groups = groupsOf(text);
    for (let at = 0; at < groups.length; at++) {
      if (groups[at] === '-') continue;
      const typed = groups.slice(0, at) + (groups[at] === 'Z' ? 'Y' : 'Z') + groups.slice(at + 1);
      await expect(parseRecoveryKit(text.replace(groups, typed))).rejects.toMatchObject({ code: 'kit.malformed' });
    }
    const digits = [...groups.replaceAll('-', '')];
    for (let at = 0; at + 1 < digits.length; at++) {
      if (digits[at] === digits[at + 1]) continue;
      const swapped = [...digits.slice(0, at), digits[at + 1], digits[at], ...digits.slice(at + 2)].join('');
      await expect(parseRecoveryKit(text.replace(groups, swapped))).rejects.toMatchObject({ code: 'kit.malformed' });
    }
  });

  it('cannot be given another root by the name of the organization', async () => {
    const hostile = kitOf(newAccountKey(), `Evil\nRoot fingerprint: ${'f'.repeat(64)}\nAccount key: 0`);
    const text = await printRecoveryKit(hostile);
    expect((await parseRecoveryKit(text)).rootFp).toBe(hostile.rootFp);
  });

  it('says which line is missing', async () => {
    const text = await printRecoveryKit(kitOf());
    await expect(parseRecoveryKit(text.replace(/Root fingerprint.*/, ''))).rejects.toThrow('Root fingerprint');
    await expect(parseRecoveryKit('')).rejects.toMatchObject({ code: 'kit.malformed' });
  });

  it('is read whole, or as its account key alone', async () => {
    const kit = kitOf();
    const text = await printRecoveryKit(kit);
    expect(await readKitOrKey(text)).toEqual(kit);
    expect(await readKitOrKey(` ${groupsOf(text).toLowerCase().replaceAll('-', ' ')}\n`)).toEqual({
      accountKey: kit.accountKey,
    });
    await expect(readKitOrKey(groupsOf(text).slice(1))).rejects.toMatchObject({ code: 'kit.malformed' });
  });

  it('tells which group of a typed account key is wrong, too short or too long', async () => {
    const text = await printRecoveryKit(kitOf());
    const groups = groupsOf(text).split('-');
    expect(await misreadGroup(text, groups.join(' ').toLowerCase())).toBeNull();
    for (const [at, group] of groups.entries()) {
      const wrong = group.slice(0, 4) + (group[4] === 'Z' ? 'Y' : 'Z');
      expect(await misreadGroup(text, groups.with(at, wrong).join('-'))).toBe(at + 1);
    }
    expect(await misreadGroup(text, '')).toBe(1);
    expect(await misreadGroup(text, groups.slice(0, 4).join('-'))).toBe(5);
    expect(await misreadGroup(text, `${groups.join('-')}-0`)).toBe(6);
    expect(await misreadGroup(text, await printRecoveryKit(kitOf()))).toBe(1);
  });

  it('tells whether a typed group is the one that was asked for', async () => {
    const text = await printRecoveryKit(kitOf());
    for (const [at, group] of groupsOf(text).split('-').entries()) {
      expect(await isGroupOfKit(text, at + 1, ` ${group.toLowerCase()} `)).toBe(true);
      expect(await isGroupOfKit(text, at + 1, group.slice(0, 4))).toBe(false);
      expect(await isGroupOfKit(text, at + 1, '')).toBe(false);
    }
  });

  it('yields a token that tells nothing of the key and is the same every time', async () => {
    const key = new Uint8Array(16).fill(7);
    const token = await recoveryToken(key);
    expect(token).toHaveLength(32);
    expect(await recoveryToken(key)).toEqual(token);
    expect(await recoveryToken(newAccountKey())).not.toEqual(token);
  });
});
