import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';

/** Probes come every few seconds and would fill the log; what is not ready is logged by itself. */
const isProbe = ({ routeOptions }: FastifyRequest): boolean => routeOptions.url?.startsWith('/health/') === true;

/** One line per request: id, route pattern, status, octets, milliseconds. Never a body, a header, a query or a real path. */
@Injectable()
export class RequestLogInterceptor implements NestInterceptor {
  private readonly log = new Logger('request');

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const startedAt = performance.now();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (isProbe(request)) return next.handle();
    reply.raw.once('close', () => {
      this.log.log({
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.raw.statusCode,
        bytesIn: Number(request.headers['content-length'] ?? 0),
        complete: reply.raw.writableFinished,
        ms: Math.round(performance.now() - startedAt),
      });
    });
    return next.handle();
  }
}
