import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Route } from '@aerie/protocol';
import type { FastifyReply } from 'fastify';
import { type Observable, map } from 'rxjs';
import { routeKey } from './serves.decorator.js';

/** Sends what the route's row promises and nothing besides: status, and only the members its schema names. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = Reflect.getMetadata(routeKey, context.getHandler()) as Route | undefined;
    if (!route || route.reply === 'octets') return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((value: unknown) => {
        void reply.status(route.status);
        return typeof route.reply === 'string' ? undefined : route.reply.parse(value);
      }),
    );
  }
}
