import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Route } from '@aerie/protocol';
import { ApiError } from '../../platform/http/api-error.js';
import { openKey, routeKey } from '../../platform/http/serves.decorator.js';
import type { AuthenticatedRequest, Caller } from './caller.js';
import { SessionsService } from './sessions.service.js';

/** Private unless the route table says otherwise. Bound once, for every route. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    if (Reflect.getMetadata(openKey, handler) === true) return true;
    const route = Reflect.getMetadata(routeKey, handler) as Route | undefined;
    if (!route) throw new ApiError('access.denied');
    if (route.access === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = await this.sessions.authenticate(bearerToken(request));
    requireAccess(route.access, caller);
    request.caller = caller;
    return true;
  }
}

function bearerToken(request: AuthenticatedRequest): string {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw new ApiError('session.missing');
  return token;
}

function requireAccess(access: Exclude<Route['access'], 'public'>, caller: Caller): void {
  const allowed = access.devices.includes(caller.kind) && (!access.owner || caller.role === 'owner');
  if (!allowed) throw new ApiError('access.denied');
}
