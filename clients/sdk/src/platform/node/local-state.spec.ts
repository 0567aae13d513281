import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderSink } from './folder-sink.js';
import { openFolderJournal } from './journal.js';
import { writePrivateFile } from './private-file.js';

const octets = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('State that outlives the process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aerie-state-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const lists = async (name: string) =>
    (await (await openFolderJournal(folder)).read(name)).map((record) => [...record]);

  it('loses at most the record that a kill tore, and appends after it soundly', async () => {
    await (await openFolderJournal(folder)).write('upload-1', octets(1));
    await appendFile(join(folder, 'upload-1'), octets(0, 0, 0, 9, 1, 2));
    expect(await lists('upload-1')).toEqual([[1]]);
    await (await openFolderJournal(folder)).append('upload-1', octets(4));
    expect(await lists('upload-1')).toEqual([[1], [4]]);
  });

  it('writes private files for this user alone and leaves nothing beside them', async () => {
    await writePrivateFile(join(folder, 'a', 'keyring'), 'one');
    await writePrivateFile(join(folder, 'a', 'keyring'), 'two');
    expect(await readFile(join(folder, 'a', 'keyring'), 'utf8')).toBe('two');
    expect((await stat(join(folder, 'a', 'keyring'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'a'))).toEqual(['keyring']);
  });

  it('clears away what a killed process left half-written, and nothing of one that runs', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const partial = (of: string, pid: number): string => `.aerie-${of}-${pid}-0123456789ab.partial`;
    const theirs = [partial(machine, process.ppid), partial('00000000', gone)];
    for (const name of [partial(machine, gone), ...theirs]) await appendFile(join(folder, name), 'half');
    await writePrivateFile(join(folder, 'keyring'), 'one');
    expect((await readdir(folder)).sort()).toEqual([...theirs, 'keyring'].sort());
  });

  it('exports inside its folder only, over nothing, and leaves no half files', async () => {
    const sink = await openFolderSink(join(folder, 'out'));
    const once = async function* (...pieces: (Uint8Array | Error)[]) {
      for (const piece of pieces) {
        if (piece instanceof Error) throw piece;
        yield piece;
      }
    };
    await sink.write('certs/root.asc', once(octets(65), octets(66)));
    expect(await readFile(join(folder, 'out/certs/root.asc'), 'utf8')).toBe('AB');
    for (const path of ['../evil', '/etc/evil', 'a/../../evil', ''])
      await expect(sink.write(path, once(octets(1)))).rejects.toThrow(RangeError);
    await expect(sink.write('certs/root.asc', once(octets(1)))).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(join(folder, 'out/certs/root.asc'), 'utf8')).toBe('AB');
    await expect(sink.write('half', once(octets(1), new Error('broken off')))).rejects.toThrow('broken off');
    expect(await readdir(join(folder, 'out'))).toEqual(['certs']);
  });
});
