import cors from '@fastify/cors';
import { commonHeaders, inertPolicy, routes } from '@aerie/protocol';
import type { FastifyInstance } from 'fastify';

/**
 * The API documentation (Swagger UI) brings its styles inline. Its scripts are not ours to vouch for, so it is sandboxed
 * without an origin: it reaches neither the app's storage, windows and workers nor the API.
 */
const docsPolicy = [
  `sandbox allow-scripts`,
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const isDocs = (url: string): boolean => /^\/api\/docs(\/|$|\?)/.test(url);
/** A preflight's answer is asked for again after this long. */
const preflightSeconds = 7_200;

const allowedHeaders = ['authorization', 'content-digest', 'content-type', 'idempotency-key', 'range'];
const exposedHeaders = ['content-length', 'content-range', 'etag', 'retry-after'];

/**
 * Sets the headers of every answer, refusals included; a route may replace its policy. Pages of the `origins` may call
 * the API (WHATWG Fetch, CORS): with a token in a header, as there are no cookies.
 */
export async function setResponseHeaders(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(commonHeaders);
    void reply.header('content-security-policy', isDocs(request.url) ? docsPolicy : inertPolicy);
    // A page without an origin is a stranger to its own scripts and styles.
    if (isDocs(request.url)) void reply.header('cross-origin-resource-policy', 'cross-origin');
    done();
  });
  if (origins.length === 0) return;
  await server.register(cors, {
    origin: [...origins],
    methods: [...new Set(Object.values(routes).map(({ method }) => method))],
    allowedHeaders,
    exposedHeaders,
    maxAge: preflightSeconds,
    strictPreflight: false,
  });
}
