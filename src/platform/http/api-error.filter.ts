import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type ErrorCode, bundleBytesMax, problemOf } from '@aerie/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import { methodsOf, refusalOfFramework } from './framework-refusals.js';

/** The only place where an error becomes a response (RFC 9457). What is unexpected is logged, and answered without its text. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  /** @param refusalOf what the caller is told of an error of our layers */
  constructor(private readonly refusalOf: (error: unknown) => ApiError | undefined) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const refusal = this.refusalOf(error) ?? refusalOfFramework(error, request) ?? new ApiError('server.internal');
    const problem = problemOf(refusal.code, { ...refusal.details, requestId: request.id });
    if (refusal.code === 'server.internal') this.log.error({ requestId: request.id, error }, 'unexpected error');
    // A full disk, or a part that does not answer: by name, for the operator.
    else if (refusal !== error && problem.status >= 500)
      this.log.warn({ requestId: request.id, code: refusal.code, error }, problem.title);
    if (reply.sent) return;
    if (!request.raw.complete) dismissBody(request, reply, refusal.code);
    const { retryAfterSeconds } = refusal.details;
    if (typeof retryAfterSeconds === 'number') void reply.header('retry-after', retryAfterSeconds);
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (problem.status === 405) void reply.header('allow', methodsOf(request.url).join(', '));
    void reply.status(problem.status).type('application/problem+json').send(problem);
  }
}

/**
 * A sender that is still sending when the connection closes often never sees the answer. So a body of a usual length is
 * read away, if it is on its way at all. For longer or aborted bodies, the connection is closed.
 */
function dismissBody({ raw }: FastifyRequest, reply: FastifyReply, code: ErrorCode): void {
  const isOnItsWay = code !== 'request.timeout' && !raw.destroyed;
  if (isOnItsWay && Number(raw.headers['content-length']) <= bundleBytesMax) raw.resume();
  else void reply.header('connection', 'close');
}
