import type { z } from 'zod';
import type { ErrorCode } from '../errors.js';
import type { DeviceKind } from '../records/entries.js';

/**
 * One row of the route table. The server serves exactly these rows and the SDK calls exactly these rows, so a path, a
 * schema, a permission or an error code is written once. `access` is the authorization table's column: who may call at
 * all; whether the caller has a part in that project is asked by the service.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `:names`, as the server registers it. */
  readonly path: `/api/v1/${string}`;
  /** One line for the API documentation. */
  readonly summary: string;
  readonly access: Access;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** A schema for JSON, or the word for raw octets. */
  readonly body?: z.ZodType | 'octets';
  readonly reply: z.ZodType | 'octets' | 'nothing';
  /** Octets of a JSON reply that a client reads at most; `replyBytesMaxDefault` where it is not stated. */
  readonly replyBytesMax?: number;
  readonly status: 200 | 201 | 204 | 206;
  /** The codes this route may answer with, besides those that any route may. */
  readonly errors: readonly ErrorCode[];
  /** The member of path or body that names what a stranger's request is about; its rate is limited over all callers. */
  readonly subject?: string;
  /** Whether an Idempotency-Key is honored: the first answer is repeated for the same key and body. */
  readonly idempotent?: true;
}

/** `public` needs no session; otherwise the kinds of device that may call, and whether their member must be an owner. */
export type Access = 'public' | { readonly devices: readonly DeviceKind[]; readonly owner?: true };

export const everyDevice = { devices: ['full', 'upload-only', 'renderer'] } as const;
export const uploaders = { devices: ['full', 'upload-only'] } as const;
export const readers = { devices: ['full'] } as const;
export const owners = { devices: ['full'], owner: true } as const;
export const renderers = { devices: ['renderer'] } as const;
/** Members, and the renderer for the `source` blobs of its projects. */
export const openers = { devices: ['full', 'renderer'] } as const;

/** Codes that any route with a session may answer with. */
export const sessionErrors = [
  'session.missing',
  'session.expired',
  'device.revoked',
  'device.expired',
  'access.denied',
] as const;
/** Codes that any route may answer with. */
export const commonErrors = [
  'request.malformed',
  'request.too_large',
  'request.unsupported_type',
  'request.timeout',
  'request.url_too_long',
  'request.headers_too_large',
  'request.too_many',
  'server.internal',
  'server.unavailable',
  'server.storage_full',
  'setup.needed',
] as const satisfies readonly ErrorCode[];

export const route = <const R extends Route>(row: R): R => row;

type Output<S> = S extends z.ZodType ? z.output<S> : S extends 'octets' ? Uint8Array : undefined;
export type ParamsOf<R extends Route> = Output<R['params']>;
export type QueryOf<R extends Route> = Output<R['query']>;
export type BodyOf<R extends Route> = Output<R['body']>;
export type ReplyOf<R extends Route> = R['reply'] extends z.ZodType
  ? z.output<R['reply']>
  : R['reply'] extends 'octets'
    ? Uint8Array
    : undefined;
