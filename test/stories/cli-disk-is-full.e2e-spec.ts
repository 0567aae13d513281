import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { finished, type CliResult } from '../support/cli.js';
import { smallDisk, type SmallDisk } from '../support/disks.js';
import { leaveOut } from '../support/left-out.js';
import { foundBy, type Owner } from '../support/people.js';
import { startServer, type RunningServer } from '../support/server.js';

const mebibyte = 1024 * 1024;
const canMount = ((): boolean => {
  const disk = smallDisk(mebibyte);
  disk?.remove();
  return disk !== null;
})();
if (!canMount) leaveOut('commands on a full or read-only disk', 'run as a user who may mount one, such as root');

(canMount ? describe : describe.skip)('A disk is full or read-only', () => {
  let server: RunningServer;
  let ada: Owner;
  let folder: string;
  let disk: SmallDisk;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-full-'));
    server = await startServer();
    ada = await foundBy(server);
    await ada.must('project', 'create', 'Survey');
    for (let index = 0; index < 4; index++) {
      writeFileSync(join(folder, `${index}.bin`), randomBytes(3 * mebibyte));
      await ada.must('ingest', join(folder, `${index}.bin`), '--project', 'Survey');
    }
  }, 180_000);

  afterAll(async () => {
    await server?.stop();
    ada?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  afterEach(() => disk?.remove());

  /** Ada's home, moved to a disk of its own. */
  function homeOnDisk(): string {
    disk = smallDisk(2 * mebibyte)!;
    cpSync(ada.home, join(disk.path, 'home'), { recursive: true });
    return join(disk.path, 'home');
  }

  const runAt = (home: string, ...args: string[]): Promise<CliResult> =>
    finished(ada.start([...args, '--json'], { AERIE_HOME: home }));
  const projects = async (): Promise<string[]> =>
    (await ada.must('project', 'list')).map(({ name }: { name: string }) => name);

  it.each([
    ['full', 'disk.full', (one: SmallDisk) => one.fill()],
    ['read-only', 'disk.read_only', (one: SmallDisk) => one.makeReadOnly()],
  ] as const)(
    'with the home on it, %s: nothing is changed on the server, and that is said',
    async (...row) => {
      const [name, expected, spoil] = row;
      const home = homeOnDisk();
      spoil(disk);
      const commands = [
        ['project', 'create', `Not ${name}`],
        ['ingest', join(folder, '1.bin'), '--project', 'Survey'],
        ['device', 'enroll', '--upload-only', '--project', 'Survey', '--out', join(folder, `${name}.json`)],
      ];
      for (const command of commands) {
        const { code, outcome } = await runAt(home, ...command);
        expect([command[0], code, outcome.error]).toMatchObject([
          command[0],
          1,
          { code: expected, hint: expect.stringMatching(/^Nothing was changed\./) },
        ]);
      }
      expect(await projects()).not.toContain(`Not ${name}`);
      // What only shows something needs to write nothing.
      expect((await runAt(home, 'list', '--project', 'Survey')).code).toBe(0);
    },
    120_000,
  );

  it('with the home on it, only once the project is made: the project is told, and what could not be kept', async () => {
    const home = homeOnDisk();
    disk.pin(join(home, 'keyring.pgp'));
    const { code, outcome } = await runAt(home, 'project', 'create', 'Made after all');
    expect({ code, outcome }).toMatchObject({
      code: 1,
      outcome: {
        ok: false,
        result: { projectId: expect.any(String) },
        error: { code: 'file.busy', title: expect.stringMatching(/did its work/) },
      },
    });
    expect(await projects()).toContain('Made after all');
  }, 60_000);

  it('with an enrollment to be written on it, full: no device is enrolled', async () => {
    disk = smallDisk(mebibyte)!;
    disk.fill();
    const before = await ada.must('device', 'list');
    const enroll = ['device', 'enroll', '--upload-only', '--project', 'Survey', '--out', join(disk.path, 'a.json')];
    expect((await ada.run(...enroll)).outcome.error.code).toBe('disk.full');
    expect(await ada.must('device', 'list')).toHaveLength(before.length);
  }, 60_000);

  it('with an export on it, full: it stops there, and the same command goes on once there is space', async () => {
    disk = smallDisk(8 * mebibyte)!;
    const to = join(disk.path, 'out');
    const first = await ada.run('export', '--project', 'Survey', '--to', to);
    expect({ code: first.code, error: first.outcome.error }).toMatchObject({
      code: 1,
      error: { code: 'disk.full', hint: expect.stringMatching(/same command again/) },
    });
    const there = readdirSync(join(to, basename(folder))).filter(
      (name) => name.endsWith('.pgp') || name.startsWith('.'),
    );
    expect(there).toEqual(['0.bin.pgp', '1.bin.pgp']);
    const moved = join(folder, 'moved');
    mkdirSync(moved);
    cpSync(to, moved, { recursive: true });
    const { files } = await ada.must('export', '--project', 'Survey', '--to', moved);
    expect(files.map(({ isKept }: { isKept: boolean }) => isKept)).toEqual([true, true, false, false]);
  }, 120_000);
});
