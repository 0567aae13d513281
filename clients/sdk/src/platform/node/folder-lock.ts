/**
 * Exclusive locks between processes, each held by a listening socket of its own name. The system closes the socket when
 * its process ends, however it ends, and keeps it open while the process sleeps: a lock is never left behind, and never
 * taken over on a guess about times or process numbers.
 *
 * [Note: Bind first, then look] Whoever wants a lock binds its own socket and then asks all others of that lock. Of two,
 * at least the later one to bind sees the other. Of two that are both still looking, the one with the lower name waits
 * until the other has stepped back, or has become the holder because it had looked before. A socket that refuses to answer
 * belongs to a process that has ended, or to one that has bound and not begun to listen: its file is removed, and the
 * latter finds that out before it holds the lock, and begins again. Names are never used twice.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Refusal } from '../../errors.js';
import type { JournalLock } from '../../uploads/journal.js';

/** Windows has pipes instead, all in one place, which it closes and removes itself. */
const pipes = process.platform === 'win32' ? '\\\\.\\pipe\\' : null;
/** What the address of a socket holds on every system we know, without its final zero. */
const addressBytesMax = 103;
/** A process that was stopped accepts, but does not answer. */
const answerMsMax = 2_000;
const looking = 'looking';
const holding = 'holding';

/** Resolves with the lock; unless `wait`, with null where another process, or another call of this one, holds it. */
export async function lockInFolder(folder: string, name: string, wait: boolean): Promise<JournalLock | null> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const contender = await Contender.enter(folder, name);
    const rival = await contender.rival().catch(async (error: unknown) => {
      await contender.release();
      throw error;
    });
    if (rival === null) return contender;
    await contender.release();
    if (rival.state === holding && !wait) return rival.leave();
    await rival.changed;
    rival.leave();
  }
}

/** A lock, or the attempt to get it. */
class Contender implements JournalLock {
  #state = looking;
  readonly #askers = new Set<Socket>();

  private constructor(
    readonly folder: string,
    readonly file: string,
    readonly server: Server,
    /** Through which the folder is named where its own path is too long for an address. */
    readonly handle: FileHandle | null,
  ) {
    server.on('connection', (socket) => {
      this.#askers.add(socket.unref());
      socket.on('error', () => {}).on('close', () => this.#askers.delete(socket));
      socket.write(this.#state);
    });
  }

  static async enter(folder: string, name: string): Promise<Contender> {
    const lock = createHash('sha256').update(`${folder}\0${name}`).digest('hex').slice(0, 16);
    const file = `${lock}.${randomBytes(6).toString('hex')}`;
    const isLong = Buffer.byteLength(join(folder, file)) > addressBytesMax && process.platform === 'linux';
    const handle = isLong ? await open(folder) : null;
    const server = createServer();
    const contender = new Contender(folder, file, server, handle);
    try {
      await new Promise<void>((listening, fail) => {
        server.once('error', fail).listen(contender.#addressOf(file), listening);
      });
    } catch (error) {
      await handle?.close();
      throw new Refusal('journal.no_lock', `${folder} cannot hold a lock: ${(error as Error).message}`, {
        cause: error,
      });
    }
    server.unref();
    return contender;
  }

  /** Null once this one holds the lock; otherwise the one to wait for. */
  async rival(): Promise<Rival | null> {
    for (const file of (await this.#seen()).filter((other) => other !== this.file)) {
      const rival = await Rival.ask(this.#addressOf(file));
      if (rival === null) {
        await this.#remove(file);
        continue;
      }
      if (rival.state === looking && file > this.file) await rival.changed;
      if (rival.isThere) return rival;
    }
    // Removed by one that asked before this one listened: then others cannot see it.
    if (!(await this.#seen()).includes(this.file)) return Rival.gone;
    this.#state = holding;
    for (const asker of this.#askers) asker.write(holding);
    return null;
  }

  async release(): Promise<void> {
    for (const asker of this.#askers) asker.destroy();
    await new Promise((closed) => this.server.close(closed));
    await this.#remove(this.file);
    await this.handle?.close();
  }

  async #seen(): Promise<string[]> {
    const prefix = this.file.slice(0, this.file.indexOf('.') + 1);
    return (await readdir(pipes ?? this.folder)).filter((file) => file.startsWith(prefix));
  }

  async #remove(file: string): Promise<void> {
    if (!pipes) await rm(join(this.folder, file), { force: true });
  }

  #addressOf(file: string): string {
    return this.handle ? `/proc/self/fd/${this.handle.fd}/${file}` : join(pipes ?? this.folder, file);
  }
}

/** Another one of the same lock, as it answers. */
class Rival {
  static readonly gone = new Rival(null, looking);
  isThere = true;
  /** Until it has become the holder, or has gone. */
  readonly changed: Promise<void>;

  private constructor(
    readonly socket: Socket | null,
    public state: string,
  ) {
    this.changed = new Promise((resolve) => {
      if (!socket || socket.destroyed) return resolve();
      socket.once('data', (word: Buffer) => {
        this.state = word.toString();
        resolve();
      });
      socket.once('close', () => {
        this.isThere = false;
        resolve();
      });
    });
  }

  /** Null where its process has ended. */
  static ask(address: string): Promise<Rival | null> {
    return new Promise((resolve) => {
      const socket = connect(address);
      const late = setTimeout(() => resolve(new Rival(socket, holding)), answerMsMax);
      const settle = (rival: Rival | null): void => {
        clearTimeout(late);
        resolve(rival);
      };
      socket.once('data', (word: Buffer) =>
        settle(new Rival(socket, word.toString().endsWith(looking) ? looking : holding)),
      );
      socket.once('close', () => settle(null));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        const hasEnded = error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || error.code === 'ECONNRESET';
        settle(hasEnded ? null : new Rival(socket, holding));
      });
    });
  }

  leave(): null {
    this.socket?.destroy();
    return null;
  }
}
