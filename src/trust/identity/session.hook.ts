import { Injectable, NotFoundException, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Route } from '@aerie/protocol';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../../platform/http/api-error.js';
import type { AuthenticatedRequest, Caller } from './caller.js';
import { SessionsService } from './sessions.service.js';

/** Methods whose requests may have a body that a handler reads. */
const methodsWithBody = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Finds out who asks, before anything of the body is read: who may not call is not worth memory. Bound once, for every
 * route; private unless the route table says otherwise.
 */
@Injectable()
export class SessionHook implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly sessions: SessionsService,
  ) {}

  onModuleInit(): void {
    // A worker serves no HTTP.
    const server = this.host.httpAdapter?.getInstance<FastifyInstance>();
    server?.addHook('onRequest', (request: AuthenticatedRequest) => this.admit(request));
  }

  private async admit(request: AuthenticatedRequest): Promise<void> {
    const { row } = request.routeOptions.config;
    // Health, the web app and the documentation are no rows; they are read, and nothing else.
    if (!row && methodsWithBody.includes(request.method)) throw new NotFoundException();
    if (!row || row.access === 'public') return;
    const caller = await this.sessions.authenticate(bearerToken(request));
    requireAccess(row.access, caller);
    request.caller = caller;
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
