import { connect } from 'node:net';
import { readAnswer, type Answer } from './raw.js';

/** Sends octets as they are, which no HTTP client would, and reads the one answer that comes back. */
export function sendRaw(port: number, text: string | Uint8Array): Promise<Answer> {
  return new Promise((done, fail) => {
    const pieces: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    const finish = () => {
      try {
        done(parseAnswer(Buffer.concat(pieces)));
      } catch (error) {
        fail(error as Error);
      }
    };
    socket.on('data', (piece) => {
      pieces.push(piece);
      if (isWhole(Buffer.concat(pieces))) socket.destroy();
    });
    // A server that gives up on a sender resets the connection; what it said before that counts.
    socket.on('error', () => undefined).on('close', finish);
  });
}

const endOfHead = '\r\n\r\n';

function isWhole(octets: Buffer): boolean {
  const at = octets.indexOf(endOfHead);
  if (at < 0) return false;
  const bytes = /^content-length: (\d+)/im.exec(octets.subarray(0, at).toString('latin1'))?.[1];
  return bytes !== undefined && octets.length >= at + endOfHead.length + Number(bytes);
}

function parseAnswer(octets: Buffer): Answer {
  const at = octets.indexOf(endOfHead);
  if (at < 0) throw new Error(`no answer: ${octets.length} octets`);
  const [first, ...lines] = octets.subarray(0, at).toString('latin1').split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return readAnswer(Number(first!.split(' ')[1]), headers, octets.subarray(at + endOfHead.length));
}
