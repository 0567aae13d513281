import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type ErrorCode, FrameError, RecordError, bundleBytesMax, problemOf } from '@aerie/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';

/** Errors of other layers and the code each becomes. */
export type ErrorTranslations = readonly (readonly [new (...args: never[]) => Error, ErrorCode])[];

/** The only place where an error becomes a response (RFC 9457). What is unexpected is logged, and answered without its text. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  private readonly log = new Logger('http');

  constructor(private readonly translations: ErrorTranslations) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const refusal = this.refusalFor(error);
    if (refusal.code === 'server.internal') this.log.error({ requestId: request.id, error }, 'unexpected error');
    if (reply.sent) return;
    const problem = problemOf(refusal.code, { ...refusal.details, requestId: request.id });
    if (!request.raw.complete) dismissBody(request, reply);
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(problem.status).type('application/problem+json').send(problem);
  }

  private refusalFor(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    if (error instanceof RecordError) {
      const code = error.reason === 'signature' ? 'record.signature_invalid' : 'record.mismatch';
      return new ApiError(code, { detail: error.message });
    }
    if (error instanceof FrameError) return new ApiError('request.malformed', { detail: error.message });
    const translated = this.translations.find(([type]) => error instanceof type);
    if (translated) return new ApiError(translated[1]);
    return fromFramework(error);
  }
}

/**
 * A sender that is still sending when the connection closes often never sees the answer. So a body of a usual length is
 * read away; the rest of a longer one, or of one that was given up half-way, goes with its connection.
 */
function dismissBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (Number(raw.headers['content-length']) <= bundleBytesMax && !raw.destroyed) raw.resume();
  else void reply.header('connection', 'close');
}

/** What Fastify and Nest refuse before our code runs. */
function fromFramework(error: unknown): ApiError {
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  if (status === 404) return new ApiError('request.unknown_route');
  if (status === 413) return new ApiError('request.too_large');
  if (status !== undefined && status >= 400 && status < 500) {
    return new ApiError('request.malformed', { detail: (error as Error).message });
  }
  return new ApiError('server.internal');
}
