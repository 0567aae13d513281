import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { walk, type WalkEntry } from './walk.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aerie-walk-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), name);
  }
}
async function walked(...paths: string[]): Promise<WalkEntry[]> {
  const entries: WalkEntry[] = [];
  for await (const entry of walk(paths)) entries.push(entry);
  return entries;
}
const names = (entries: WalkEntry[]) =>
  entries.flatMap((entry) => ('relativePath' in entry ? [entry.relativePath] : []));
const problems = (entries: WalkEntry[]) =>
  entries.flatMap((entry) => ('problem' in entry ? [[entry.path.slice(folder.length + 1), entry.problem]] : []));

describe('Walking what a user names', () => {
  it('lists files and folders in one order, each with its folder', async () => {
    await put('card/DCIM/b.JPG', 'card/DCIM/a.JPG', 'card/DCIM2/c.JPG', 'z.txt', 'empty/x/y');
    await rm(join(folder, 'empty/x/y'));
    const entries = await walked(join(folder, 'z.txt'), join(folder, 'card/'), join(folder, 'empty'));
    expect(names(entries)).toEqual([
      `${basename(folder)}/z.txt`,
      'card/DCIM/a.JPG',
      'card/DCIM/b.JPG',
      'card/DCIM2/c.JPG',
    ]);
    expect(problems(entries)).toEqual([]);
  });

  it('skips what operating systems leave on a card, and says so, unless it was named', async () => {
    const left = ['.DS_Store', 'DCIM/._DJI_0001.MP4', 'DCIM/Thumbs.db', 'Desktop.ini', '.Trashes/old.MP4'];
    await put(...[...left, 'DCIM/DJI_0001.MP4', 'DCIM/.hidden.txt'].map((name) => `card/${name}`));
    const entries = await walked(join(folder, 'card'));
    expect(names(entries)).toEqual(['card/DCIM/.hidden.txt', 'card/DCIM/DJI_0001.MP4']);
    const skipped = entries.filter((entry) => 'skipped' in entry).map(({ path }) => path.slice(folder.length + 6));
    expect(skipped.sort()).toEqual([...left.slice(0, 4), '.Trashes'].sort());
    expect(names(await walked(join(folder, 'card/.DS_Store')))).toEqual(['card/.DS_Store']);
  });

  it('passes hostile names on untouched', async () => {
    const hostile = [
      'a\nb.jpg',
      '\u202Egpj.exe',
      '%2e%2e%2f',
      ' lead',
      'trail ',
      '-rf',
      'x'.repeat(255),
      'a\\..\\b',
      '"$(id)"',
    ];
    await put(...hostile.map((name) => `card/${name}`));
    expect(names(await walked(join(folder, 'card')))).toEqual(hostile.map((name) => `card/${name}`).sort());
  });

  it('names a file whose name is not UTF-8, and goes on', async () => {
    await put('card/z.jpg');
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'card/')), Buffer.from([0xff, 0x2e, 0x6a])]), 'x');
    const entries = await walked(join(folder, 'card'));
    expect(names(entries)).toEqual(['card/z.jpg']);
    expect(problems(entries)).toEqual([[expect.stringContaining('card/'), expect.stringContaining('rename it')]]);
  });

  it('follows links to files, and walks no circle', async () => {
    await put('card/real.jpg');
    await symlink('real.jpg', join(folder, 'card/link.jpg'));
    await symlink('..', join(folder, 'card/up'));
    await symlink('loop-b', join(folder, 'card/loop-a'));
    await symlink('loop-a', join(folder, 'card/loop-b'));
    await symlink('nowhere', join(folder, 'card/dangling'));
    const entries = await walked(join(folder, 'card'));
    expect(names(entries)).toEqual(['card/link.jpg', 'card/real.jpg']);
    expect(problems(entries)).toEqual([
      ['card/dangling', expect.stringContaining('link to nothing')],
      ['card/loop-a', expect.stringContaining('circle')],
      ['card/loop-b', expect.stringContaining('circle')],
      ['card/up', expect.stringContaining('not followed')],
    ]);
  });

  it('follows a link to a folder that was named', async () => {
    await put('card/a.jpg');
    await symlink('card', join(folder, 'shortcut'));
    expect(names(await walked(join(folder, 'shortcut')))).toEqual(['shortcut/a.jpg']);
  });

  it('names pipes, sockets and devices', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    const entries = await walked(join(folder), '/dev/null');
    await new Promise((resolve) => server.close(resolve));
    expect(names(entries)).toEqual([]);
    expect(entries.map((entry) => 'problem' in entry && entry.problem)).toEqual([
      expect.stringContaining('pipe'),
      expect.stringContaining('socket'),
      expect.stringContaining('device'),
    ]);
  });

  it('names what is missing, too long or no path at all, and goes on', async () => {
    await put('a.jpg');
    const entries = await walked(
      join(folder, 'gone'),
      join(folder, 'n'.repeat(4096)),
      'nul\0byte',
      join(folder, 'a.jpg'),
    );
    expect(names(entries)).toEqual([`${basename(folder)}/a.jpg`]);
    expect(entries).toHaveLength(4);
    expect(entries[1]).toMatchObject({ problem: expect.stringContaining('too long') });
  });

  it('names files and folders that this user may not read', async () => {
    await put('card/locked/a.jpg', 'card/open.jpg', 'card/secret.jpg');
    await chmod(folder, 0o755);
    await chmod(join(folder, 'card/locked'), 0);
    await chmod(join(folder, 'card/secret.jpg'), 0);
    const isRoot = process.geteuid?.() === 0; // root may read everything: walk as nobody then
    if (isRoot) process.seteuid!(65534);
    const entries = await walked(join(folder, 'card')).finally(() => isRoot && process.seteuid!(0));
    await chmod(join(folder, 'card/locked'), 0o755);
    expect(names(entries)).toEqual(['card/open.jpg']);
    expect(problems(entries)).toEqual([
      ['card/locked', expect.stringContaining('permission is denied')],
      ['card/secret.jpg', expect.stringContaining('permission is denied')],
    ]);
  });
});
