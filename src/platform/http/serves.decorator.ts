import {
  type ExecutionContext,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  applyDecorators,
  createParamDecorator,
} from '@nestjs/common';
import type { BodyOf, ParamsOf, QueryOf, Route } from '@aerie/protocol';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { ZodError, ZodType } from 'zod';
import { ApiError } from './api-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The row of the route table that a request is for, known before anything of it is read. */
    row?: Route;
  }
}

export const routeKey = 'aerie:route';

/** Binds a controller method to one row of the protocol's route table; path, schemas and access come from there. */
export const Serves = (route: Route): MethodDecorator =>
  applyDecorators(
    SetMetadata(routeKey, route),
    RouteConfig({ row: route }),
    RequestMapping({ path: route.path, method: RequestMethod[route.method] }),
  );

export const openKey = 'aerie:open';
/** Marks the few methods outside the route table (health) that need no session. */
export const Open = (): MethodDecorator => SetMetadata(openKey, true);

/** The parsed request of a route. Octets stay a stream: the service decides how much of it to take. */
export interface InputOf<R extends Route> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: R['body'] extends 'octets' ? Readable : BodyOf<R>;
}

/** Enough to correct a request by; a hostile one could have thousands. */
const faultsMax = 20;

/** Each fault as one line: where, and what. */
export const faultsOf = (place: string, error: ZodError): string[] =>
  error.issues.slice(0, faultsMax).map((issue) => `${[place, ...issue.path].join('.')}: ${issue.message}`);

/** Hands a controller method its request, parsed by the row it serves. @throws ApiError request.malformed with every fault. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const route = Reflect.getMetadata(routeKey, context.getHandler()) as Route;
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const faults: string[] = [];
  const parse = (place: string, schema: Route['body'], value: unknown): unknown => {
    if (schema === undefined || schema === 'octets') return value;
    const parsed = (schema as ZodType).safeParse(value);
    if (parsed.success) return parsed.data;
    faults.push(...faultsOf(place, parsed.error));
    return undefined;
  };
  const input = {
    params: parse('path', route.params, request.params),
    query: parse('query', route.query, request.query),
    body: parse('body', route.body, request.body),
  };
  if (faults.length > 0) throw new ApiError('request.malformed', { faults: faults.slice(0, faultsMax) });
  return input;
});
