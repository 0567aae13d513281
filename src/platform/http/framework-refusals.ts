import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { HttpException } from '@nestjs/common';
import { type ErrorCode, type Problem, commonHeaders, inertPolicy, problemOf, routes } from '@aerie/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';

/** What Node, Fastify and Nest refuse before our code runs, by status. */
const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'request.malformed',
  404: 'request.unknown_route',
  408: 'request.timeout',
  413: 'request.too_large',
  414: 'request.url_too_long',
  415: 'request.unsupported_type',
  431: 'request.headers_too_large',
};
/** The same for what Node refuses while it reads a head, by its own codes. */
const byNodeCode: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
  HPE_HEADER_OVERFLOW: 'request.headers_too_large',
};
/** A sender that still sends when its connection closes may never see the answer, so it has this long to take it. */
const lingerMs = 500;

/** @returns undefined for what is no refusal of theirs */
export function refusalOfFramework(error: unknown, { method, url }: RequestLine): ApiError | undefined {
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number })?.statusCode;
  if (status === 404) return new ApiError(reasonOfNoRoute(method, methodsOf(url)));
  if (status === undefined || status < 400 || status >= 500) return undefined;
  const code = byStatus[status] ?? 'request.malformed';
  return new ApiError(code, code === 'request.malformed' ? { detail: (error as Error).message } : {});
}

type RequestLine = Pick<FastifyRequest, 'method' | 'url'>;

/**
 * Why no route took a request. Where the table has its path and its method, an id was too long for the router: it says so
 * itself where no other route takes everything, as that of the web app does.
 */
function reasonOfNoRoute(method: string, methods: readonly string[]): ErrorCode {
  if (methods.includes(method)) return 'request.url_too_long';
  return methods.length > 0 ? 'request.method_unknown' : 'request.unknown_route';
}

/** The methods that the table has for a path; HEAD answers like GET. */
export function methodsOf(url: string): string[] {
  const path = url.split('?')[0]!;
  const methods = Object.values(routes)
    .filter((row) => new RegExp(`^${row.path.replace(/:\w+/g, '[^/]+')}$`).test(path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set(methods)].sort();
}

/** Options for Fastify, which answers such requests past its hooks and handlers. */
export const refusingOptions = {
  http: { requireHostHeader: false },
  frameworkErrors(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    const { code, details } = refusalOfFramework(error, request) ?? new ApiError('request.malformed');
    const problem = problemOf(code, { ...details, requestId: request.id });
    void reply
      .headers({ ...commonHeaders, 'content-security-policy': inertPolicy, connection: 'close' })
      .status(problem.status)
      .type('application/problem+json')
      .send(problem);
  },
  clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
    if (error.code === 'ECONNRESET' || socket.destroyed || socket.writableEnded) return;
    socket.end(printAnswer(problemOf(byNodeCode[error.code ?? ''] ?? 'request.malformed')));
    setTimeout(() => socket.destroy(), lingerMs).unref();
  },
};

/** Node answers two kinds of request by itself and without a problem; here they reach the filter like all others. */
export function takeOverFromNode(server: FastifyInstance): void {
  // An Expect header that says more than 100-continue may be ignored (RFC 9110, 10.1.1).
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  server.addHook('onRequest', (request, _reply, done) => {
    const isNamed = request.raw.headers.host !== undefined || request.raw.httpVersion === '1.0';
    done(isNamed ? undefined : new ApiError('request.malformed', { detail: 'the Host header is missing' }));
  });
}

function printAnswer(problem: Problem): string {
  const body = JSON.stringify(problem);
  const headers = {
    ...commonHeaders,
    'content-security-policy': inertPolicy,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`, ...lines, '', body].join('\r\n');
}
