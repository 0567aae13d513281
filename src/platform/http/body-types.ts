import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Route } from '@aerie/protocol';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';
import { routeKey } from './serves.decorator.js';

const json = 'application/json';
const octets = 'application/octet-stream';

/** The body must be of the kind that the route's row says, before anything is done with it. Bound once, for every route. */
@Injectable()
export class BodyTypeGuard implements CanActivate {
  /** @throws ApiError request.unsupported_type, or request.malformed where there is no body */
  canActivate(context: ExecutionContext): boolean {
    const route = Reflect.getMetadata(routeKey, context.getHandler()) as Route | undefined;
    if (route?.body === undefined) return true;
    const { headers, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const expected = route.body === 'octets' ? octets : json;
    const type = headers['content-type']?.split(';')[0]!.trim().toLowerCase();
    if (type === undefined && (body === undefined || body === null))
      throw new ApiError('request.malformed', { detail: `the body is missing: ${expected}` });
    const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
    if (type !== expected || !isPlain) throw new ApiError('request.unsupported_type', { expected });
    return true;
  }
}
