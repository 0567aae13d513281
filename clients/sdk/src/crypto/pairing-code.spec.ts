import { Id, PairingAnswer, toBase64, type CreatePairing } from '@aerie/protocol';
import { PairingSecrets, newPairingCode } from './pairing-code.js';

const code = '0123-4567-89AB-CDEF-GHJK';
const belonging = { v: 1, organizationId: crypto.randomUUID(), memberId: crypto.randomUUID() } as const;
const answer: PairingAnswer = {
  ...belonging,
  deviceId: crypto.randomUUID(),
  rootFp: '4530955a'.repeat(8),
  kind: 'upload-only',
  projectId: crypto.randomUUID(),
  projectName: 'Harbour',
};

const statedWith = ({ pairingId }: PairingSecrets) => ({
  pairingId,
  deviceId: crypto.randomUUID(),
  label: 'phone',
  kind: 'full' as const,
  certificate: toBase64(new Uint8Array([1, 2, 3])),
  proof: toBase64(new Uint8Array([4, 5, 6])),
});
const offerWith = async (secrets: PairingSecrets): Promise<CreatePairing> => {
  const stated = statedWith(secrets);
  return { ...stated, mac: await secrets.macOf(stated) };
};

describe('A pairing code', () => {
  it('has 100 bits in five groups of four, each digit as likely as any', () => {
    const codes = Array.from({ length: 2_000 }, newPairingCode);
    expect(new Set(codes).size).toBe(codes.length);
    for (const one of codes) expect(one).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
    const counts = new Map<string, number>();
    for (const digit of codes.join('').replaceAll('-', '')) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    // 40,000 digits, 1,250 of each expected; 200 off would be nearly six standard deviations.
    expect(counts.size).toBe(32);
    for (const count of counts.values()) expect(Math.abs(count - 1_250)).toBeLessThan(200);
  });

  it('yields the same name for the server however it is typed, and another for another code', async () => {
    const { pairingId } = await PairingSecrets.of(code);
    expect(Id.safeParse(pairingId).success).toBe(true);
    expect((await PairingSecrets.of(' oi23 4567 89ab cdef ghjk')).pairingId).toBe(pairingId);
    expect((await PairingSecrets.of('ol23456789abcdefghjk')).pairingId).toBe(pairingId);
    expect((await PairingSecrets.of(code.replace('K', 'M'))).pairingId).not.toBe(pairingId);
  });

  it('yields what the specification says, so that another program can take part', async () => {
    // Computed by another program from SPEC.md, 7.3.
    const secrets = await PairingSecrets.of(code);
    expect(secrets.pairingId).toBe('915117e3-369f-8d0b-95dd-5b4b9499bc1f');
    expect(await secrets.checkNumber(new Uint8Array(500).fill(9))).toBe('674482');
  });

  it.each(['', '0123', `${code}0`, code.replace('K', 'U'), code.replace('K', '!')])(
    'is refused as "%s"',
    async (typed) => {
      await expect(PairingSecrets.of(typed)).rejects.toMatchObject({ code: 'pairing.malformed' });
    },
  );

  it('proves every member of an offer, and nothing that was made with another code', async () => {
    const secrets = await PairingSecrets.of(code);
    const offer = await offerWith(secrets);
    await secrets.requireOffer(offer);
    const other = await offerWith(await PairingSecrets.of(newPairingCode()));
    for (const altered of [
      { ...offer, deviceId: other.deviceId },
      { ...offer, label: 'Phone' },
      { ...offer, kind: 'upload-only' as const },
      { ...offer, certificate: toBase64(new Uint8Array([1, 2, 4])) },
      { ...offer, proof: toBase64(new Uint8Array([4, 5, 7])) },
      { ...offer, mac: other.mac },
      { ...offer, mac: '' },
      { ...other, pairingId: offer.pairingId },
      other,
    ])
      await expect(secrets.requireOffer(altered)).rejects.toMatchObject({ code: 'trust.pairing' });
  });

  it('opens an answer that was sealed with it, unaltered, and no other', async () => {
    const secrets = await PairingSecrets.of(code);
    const sealed = await secrets.sealAnswer(answer);
    expect(await secrets.openAnswer(sealed)).toEqual(answer);
    const { pairingId } = secrets;
    const otherKey = Object.assign(await PairingSecrets.of(newPairingCode()), { pairingId });
    const otherId = Object.assign(await PairingSecrets.of(code), { pairingId: crypto.randomUUID() });
    const foreign = await Promise.all([otherKey.sealAnswer(answer), otherId.sealAnswer(answer)]);
    const unknownKind = await secrets.sealAnswer({ ...answer, kind: 'renderer' } as unknown as PairingAnswer);
    const flipped = Array.from(sealed.keys(), (at) => sealed.map((octet, i) => (i === at ? octet ^ 1 : octet)));
    for (const one of [...foreign, unknownKind, sealed.subarray(0, 20), new Uint8Array(), ...flipped])
      await expect(secrets.openAnswer(one)).rejects.toMatchObject({ code: 'trust.pairing' });
  });

  it('gives a check number of six digits that another certificate or another code changes', async () => {
    const certificate = new Uint8Array(500).fill(9);
    const secrets = await PairingSecrets.of(code);
    const checkNumber = await secrets.checkNumber(certificate);
    expect(checkNumber).toMatch(/^\d{6}$/);
    expect(await secrets.checkNumber(certificate)).toBe(checkNumber);
    expect(await secrets.checkNumber(new Uint8Array(500).fill(8))).not.toBe(checkNumber);
    expect(await (await PairingSecrets.of(newPairingCode())).checkNumber(certificate)).not.toBe(checkNumber);
  });
});
