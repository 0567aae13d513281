/**
 * The child process that decodes pictures: octets on standard input, one JSON object on standard output.
 * It knows no key, no server and no id.
 */
import { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { RenderingFailure } from '@aerie/protocol';
import { renderFromPreview } from '@aerie/sdk/renditions';
import type { Failure } from './draw-in-child.js';

// The parent holds the other end of this pipe and writes nothing: when it closes, the parent is gone, and the result is not needed.
const lifeline = new Socket({ fd: 3, readable: true, writable: false });
lifeline
  .on('error', () => process.exit(1))
  .on('close', () => process.exit(1))
  .resume()
  .unref();

const { thumb, preview, reason } = await renderFromPreview(await buffer(process.stdin));
const base64 = (picture?: { bytes: Uint8Array }): string | undefined =>
  picture && Buffer.from(picture.bytes).toString('base64');
const reply = thumb ? { thumb: base64(thumb), preview: base64(preview) } : { failure: failureOf(reason) };
// Ends here even where a decoder still runs in the background.
process.stdout.write(JSON.stringify(reply), () => process.exit(0));

/** The server may learn one of four reasons and no more. */
function failureOf(reason?: { readonly code: string }): Failure {
  return RenderingFailure.safeParse(reason?.code).data ?? 'unreadable';
}
