import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Sends what `open` opens, and closes it when it was read, when it fails, and when the connection ends first. The length
 * must be set. HEAD is answered by the headers alone: nothing is opened that will not be read.
 */
export async function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  open: () => Promise<Readable>,
): Promise<void> {
  if (request.method === 'HEAD') return void reply.send(Readable.from([]));
  const stream = await open();
  // The connection may have ended meanwhile, and then nothing would read or close it.
  if (reply.raw.destroyed) stream.destroy();
  else reply.raw.once('close', () => stream.destroy());
  void reply.send(stream);
}
