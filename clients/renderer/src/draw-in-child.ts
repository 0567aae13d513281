import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { base64, fromBase64, RenderingFailure } from '@aerie/protocol';

export type Failure = ReturnType<typeof RenderingFailure.parse>;
export type Drawn = { thumb: Uint8Array; preview?: Uint8Array } | { failure: Failure };
export interface DrawLimits {
  readonly msMax: number;
  /** Octets of private memory of the child, Node's own 120 MB included. */
  readonly memoryBytesMax: number;
}

/** Twice what the decoder allows itself: a hanging decoder, not a slow one, ends here. */
const defaultLimits: DrawLimits = { msMax: 20_000, memoryBytesMax: 512 * 1024 * 1024 };
/** Two pictures of at most 1600 px, in base64. */
const replyBytesMax = 16 * 1024 * 1024;
const childFile = fileURLToPath(new URL('./draw.child.js', import.meta.url));

/**
 * Makes the pictures in a process of its own, which holds no key, sees no environment and is killed at its limits:
 * a decoder that crashes, hangs or swells takes nothing else with it. Never throws for what the octets do.
 */
export async function drawInChild(
  source: Uint8Array,
  limits: DrawLimits = defaultLimits,
  file = childFile,
): Promise<Drawn> {
  const child = start(file, limits);
  const { reply, ending } = await exchange(child, source, limits.msMax);
  if (ending === 'timeout') return { failure: 'timed_out' };
  // No picture within the pixel limit needs that much: the source lied about its size, or exploits a decoder.
  if (ending !== 'success') return { failure: 'unreadable' };
  return parseReply(reply);
}

type Child = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

function start(file: string, { memoryBytesMax }: DrawLimits): Child {
  const args = ['--max-old-space-size=96', file];
  // Node has no limit for memory outside its heap, where pictures are decoded; a shell has (RLIMIT_DATA).
  const limit = `ulimit -d ${Math.ceil(memoryBytesMax / 1024)} && exec "$0" "$@"`;
  const [program, programArgs] =
    process.platform === 'win32' ? [process.execPath, args] : ['/bin/sh', ['-c', limit, process.execPath, ...args]];
  // The fourth is the child's lifeline: see draw.child.ts. Nothing that comes out of it is read.
  return spawn(program, programArgs, { stdio: ['pipe', 'pipe', 'ignore', 'pipe'], env: {} }) as Child;
}

function exchange(child: Child, source: Uint8Array, msMax: number): Promise<{ reply: string; ending: string }> {
  return new Promise((done) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    let ending = '';
    const kill = (why: string): void => {
      ending ||= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => kill('timeout'), msMax);
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > replyBytesMax) kill('flood');
      else pieces.push(piece);
    });
    // A child that dies early closes the pipe; how it died is what counts.
    child.stdin.on('error', () => undefined);
    child.on('error', () => kill('not started'));
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ reply: Buffer.concat(pieces).toString(), ending: ending || (code === 0 ? 'success' : 'crash') });
    });
    child.stdin.end(source);
  });
}

/** Parsed with care: a child that a picture has taken over may say anything. */
function parseReply(reply: string): Drawn {
  try {
    const { failure, thumb, preview } = JSON.parse(reply) as Record<string, unknown>;
    if (failure !== undefined) return { failure: RenderingFailure.parse(failure) };
    return { thumb: octets(thumb), ...(preview === undefined ? {} : { preview: octets(preview) }) };
  } catch {
    return { failure: 'unreadable' };
  }
}

const octets = (text: unknown): Uint8Array => fromBase64(base64(replyBytesMax).parse(text));
