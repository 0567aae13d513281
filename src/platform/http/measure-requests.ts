import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { measure } from '../measures/measures.js';

/** Also those that the framework refuses, and those whose client goes away before the answer. */
export function measureRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const startedAt = performance.now();
    reply.raw.once('close', () => measure('request', about(request, reply, startedAt)));
    done();
  });
}

const about = (request: FastifyRequest, reply: FastifyReply, startedAt: number) => ({
  method: request.method,
  // What fits no route is one row, however many paths are tried.
  route: request.routeOptions.url ?? 'none',
  status: reply.raw.statusCode,
  seconds: (performance.now() - startedAt) / 1000,
  bytesIn: octets(request.headers['content-length']),
  bytesOut: octets(reply.raw.getHeader('content-length')),
});

const octets = (header: unknown): number => Number(header ?? 0) || 0;
