import { concatBytes, fromUtf8, utf8 } from '../bytes.js';
import { jsonBytesMax } from '../limits.js';

/**
 * A frame: JSON and sealed octets in one body, so that small media need one request and not many.
 * Four octets of big-endian length, that much JSON, then the octets the JSON counts out, in its order.
 */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function printFrame(head: unknown, bodies: readonly Uint8Array[]): Uint8Array {
  const json = utf8(JSON.stringify(head));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  return concatBytes([length, json, ...bodies]);
}

/** @throws FrameError where the head is cut short, too large or not JSON. `bodies` is what follows it, uncut. */
export function parseFrame(bytes: Uint8Array): { head: unknown; bodies: Uint8Array } {
  if (bytes.length < 4) throw new FrameError('the frame ends before its length');
  const headBytes = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  if (headBytes > jsonBytesMax || bytes.length < 4 + headBytes)
    throw new FrameError('the head of the frame is cut short or too large');
  try {
    return { head: JSON.parse(fromUtf8(bytes.subarray(4, 4 + headBytes))), bodies: bytes.subarray(4 + headBytes) };
  } catch {
    throw new FrameError('the head of the frame is not JSON');
  }
}

/** Cuts the bodies at the lengths that the head counts out. @throws FrameError unless they add up exactly. */
export function cutBodies(bodies: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  let at = 0;
  const pieces = lengths.map((length) => bodies.subarray(at, (at += length)));
  if (at !== bodies.length) throw new FrameError(`the head counts out ${at} octets, but ${bodies.length} follow it`);
  return pieces;
}

/** Cuts out the blobs that the head counts out, by their ids. @throws FrameError unless they add up exactly, each once. */
export function cutBlobs(
  bodies: Uint8Array,
  blobs: readonly { readonly blobId: string; readonly bytes: number }[],
): ReadonlyMap<string, Uint8Array> {
  const pieces = cutBodies(
    bodies,
    blobs.map(({ bytes }) => bytes),
  );
  const byId = new Map(blobs.map(({ blobId }, index) => [blobId, pieces[index]!]));
  if (byId.size !== blobs.length) throw new FrameError('the head counts out a blob twice');
  return byId;
}
