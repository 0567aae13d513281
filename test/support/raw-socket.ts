import { connect, type Socket } from 'node:net';
import { readAnswer, type Answer } from './raw.js';
import type { RunningServer } from './server.js';

/** One connection on which a test sends exactly the octets that it wants to, as slowly as it wants to. */
export class RawSocket {
  private answered = '';
  private isClosed = false;
  private readonly watchers = new Set<() => void>();

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay().setEncoding('latin1');
    socket.on('data', (text: string) => this.note(() => (this.answered += text)));
    socket.on('close', () => this.note(() => (this.isClosed = true)));
    socket.on('error', () => undefined);
  }

  /** @param from an address of the loopback network, to be another client than others */
  static async open({ port }: Pick<RunningServer, 'port'>, from = '127.0.0.1'): Promise<RawSocket> {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from });
    const raw = new RawSocket(socket);
    await new Promise<void>((done) => socket.once('connect', done).once('close', () => done()));
    return raw;
  }

  /** Sends the head of a request, which the caller may follow by as much of its body as it likes. */
  request(method: string, path: string, headers: Record<string, string | number> = {}): this {
    const lines = Object.entries({ host: 'aerie', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  write(octets: string | Uint8Array): this {
    if (this.socket.writable) this.socket.write(octets);
    return this;
  }

  get isOpen(): boolean {
    return !this.isClosed;
  }

  /** Resolves when the server has ended the connection. */
  closed(): Promise<void> {
    return this.until(() => this.isClosed);
  }

  /** The first answer on this connection, once it is whole; null where the connection ended without one. */
  async answer(): Promise<Answer | null> {
    const whole = () => parse(this.answered);
    await this.until(() => this.isClosed || whole() !== null);
    return whole();
  }

  /** Status and headers of the first answer, whether or not a body follows; null where the connection ended without. */
  async head(): Promise<{ status: number; headers: Headers } | null> {
    await this.until(() => this.isClosed || parseHead(this.answered) !== null);
    return parseHead(this.answered);
  }

  /** Breaks the connection off once all that was written has left. */
  hangUp(): void {
    this.socket.write('', () => this.socket.resetAndDestroy());
  }

  destroy(): void {
    this.socket.destroy();
  }

  private note(change: () => void): void {
    change();
    for (const watcher of [...this.watchers]) watcher();
  }

  private async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((done) => {
      const watcher = (): void => {
        if (!isSo()) return;
        this.watchers.delete(watcher);
        done();
      };
      this.watchers.add(watcher);
    });
  }
}

function parseHead(text: string): { status: number; headers: Headers; body: string } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first, ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first!.split(' ')[1]), headers, body: text.slice(end + 4) };
}

function parse(text: string): Answer | null {
  const head = parseHead(text);
  if (!head || head.body.length < Number(head.headers.get('content-length') ?? 0)) return null;
  return readAnswer(head.status, head.headers, Buffer.from(head.body, 'latin1'));
}
