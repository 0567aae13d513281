import type { Readable } from 'node:stream';
import { jsonBytesMax } from '@aerie/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import type { RequestOfPrincipal } from './principal.js';

/** JSON bodies that are coming in hold at most this much in all: those of strangers, and those of devices with a session. */
const strangersBytesMax = 8 * 1024 * 1024;
const devicesBytesMax = 16 * 1024 * 1024;

/** What a route without a session takes. Founding is the longest: three entries and a sealed backup, under 200 KiB. */
export const strangerBytesMax = 256 * 1024;

/** A body that is coming in, and how to give it up. */
interface Arrival {
  readonly pieces: Buffer[];
  bytes: number;
  readonly giveUp: (reason: Error) => void;
}

/** Bodies in memory, up to a number of octets in all. Past it, the one that has been coming in the longest is given up. */
class Arrivals {
  private readonly oldestFirst = new Set<Arrival>();
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** @throws ApiError request.too_large; request.timeout where it was given up; or what the stream fails with */
  async collect(body: Readable, bytesMax: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        body.off('data', take).off('end', done).off('error', fail).off('close', cut);
        this.oldestFirst.delete(arrival);
        this.bytes -= arrival.bytes;
        settle();
      };
      const fail = (reason: Error): void => end(() => reject(reason));
      const done = (): void => end(() => resolve(Buffer.concat(arrival.pieces, arrival.bytes)));
      const cut = (): void => fail(new ApiError('request.malformed', { detail: 'the body ended early' }));
      const take = (piece: Buffer): void => {
        if (arrival.bytes + piece.length > bytesMax) return fail(new ApiError('request.too_large', { bytesMax }));
        arrival.pieces.push(piece);
        arrival.bytes += piece.length;
        this.bytes += piece.length;
        while (this.bytes > this.bytesMax) [...this.oldestFirst][0]!.giveUp(new ApiError('request.timeout'));
      };
      const arrival: Arrival = { pieces: [], bytes: 0, giveUp: fail };
      this.oldestFirst.add(arrival);
      body.on('data', take).on('end', done).on('error', fail).on('close', cut);
    });
  }
}

/**
 * The two kinds of body there are. JSON is parsed as Fastify does it, from bodies that are bounded one by one and all
 * together; octets stay a stream, and the service that wants them decides how much it takes.
 */
export function parseBodies(server: FastifyInstance): void {
  const [strangers, devices] = [new Arrivals(strangersBytesMax), new Arrivals(devicesBytesMax)];
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/octet-stream', (_request, body, done) => done(null, body));
  server.addContentTypeParser('application/json', (request: FastifyRequest, body: Readable, done) => {
    const isDevice = (request as RequestOfPrincipal).caller !== undefined;
    const [arrivals, bytesMax] = isDevice ? [devices, jsonBytesMax] : [strangers, strangerBytesMax];
    const declared = Number(request.headers['content-length'] ?? 0);
    if (declared > bytesMax) return done(new ApiError('request.too_large', { bytesMax }));
    arrivals.collect(body, bytesMax).then((octets) => parse(request, octets.toString('utf8'), done), done);
  });
}
