import { commonHeaders, inertPolicy, routes } from '@aerie/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The API documentation (Swagger UI) brings its styles inline. */
const docsPolicy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const isDocs = (url: string): boolean => /^\/api\/docs(\/|$|\?)/.test(url);
/** A preflight's answer is asked for again after this long. */
const preflightSeconds = 7_200;

const allowedMethods = [...new Set(Object.values(routes).map(({ method }) => method))].join(', ');
const allowedHeaders = 'authorization, content-digest, content-type, idempotency-key, range';
const exposedHeaders = 'content-length, content-range, etag, retry-after';

/**
 * Sets the headers of every answer, refusals included; a route may replace its policy. Pages of the `origins` may call
 * the API (WHATWG Fetch, CORS): with a token in a header, as there are no cookies.
 */
export function setResponseHeaders(server: FastifyInstance, origins: readonly string[]): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(commonHeaders);
    void reply.header('content-security-policy', isDocs(request.url) ? docsPolicy : inertPolicy);
    if (origins.length === 0 || !crossesOrigins(request, reply, origins)) done();
  });
}

/** @returns whether the request was a preflight and is answered */
function crossesOrigins(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean {
  const { origin } = request.headers;
  void reply.header('vary', 'origin');
  if (origin === undefined || !origins.includes(origin)) return false;
  void reply.header('access-control-allow-origin', origin);
  void reply.header('access-control-expose-headers', exposedHeaders);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  void reply
    .headers({
      'access-control-allow-methods': allowedMethods,
      'access-control-allow-headers': allowedHeaders,
      'access-control-max-age': String(preflightSeconds),
    })
    .status(204)
    .send();
  return true;
}
