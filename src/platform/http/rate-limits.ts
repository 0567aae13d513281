import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { Route } from '@aerie/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { ApiError } from './api-error.js';

export interface RateLimits {
  /** Requests a minute of one route that needs no session: from one address, and about one subject. */
  readonly perAddress: number;
  readonly perSubject: number;
  /** Where all processes count together; each counts for itself without. */
  readonly redisUrl: string | undefined;
  /** Name of this installation among others on the same Redis. */
  readonly instance: string;
}

const windowMs = 60_000;
/** Counts kept in memory where there is no Redis; past it the oldest are forgotten. */
const countsMax = 10_000;
/** A provider gives one household at least this much of IPv6, so its addresses are counted as one. */
const ipv6PrefixBits = 64;
/** An id has 36 characters. What is longer is no subject, and the route will refuse it. */
const subjectCharsMax = 36;

/** Bounds how often routes that need no session are called. Who has called too often hears `request.too_many`. */
export async function limitRates(server: FastifyInstance, limits: RateLimits): Promise<void> {
  const redis = limits.redisUrl === undefined ? undefined : connect(limits.redisUrl);
  server.addHook('onClose', (_server, done) => {
    redis?.disconnect();
    done();
  });
  // A Redis that does not answer keeps no one from logging in; readiness reports it.
  const nameSpace = `aerie:${limits.instance}:rate:`;
  await server.register(rateLimit, { global: false, skipOnError: true, cache: countsMax, redis, nameSpace });
  const counted = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    server.createRateLimit({ max, timeWindow: windowMs, keyGenerator });

  const byAddress = counted(
    limits.perAddress,
    (request) => `address:${placeOf(request)}:${normalizeIP(request.ip, ipv6PrefixBits)}`,
  );
  server.addHook('onRequest', async (request) => {
    if (isPublic(request)) await refuseExcess(byAddress, request);
  });

  const bySubject = counted(limits.perSubject, (request) => `subject:${placeOf(request)}:${subjectOf(request)}`);
  // After the body was parsed: some name there what they are about.
  server.addHook('preHandler', async (request) => {
    if (isPublic(request) && subjectOf(request) !== undefined) await refuseExcess(bySubject, request);
  });
}

type Check = ReturnType<FastifyInstance['createRateLimit']>;

async function refuseExcess(check: Check, request: FastifyRequest): Promise<void> {
  const rate = await check(request);
  if (rate.isAllowed || !rate.isExceeded) return;
  throw new ApiError('request.too_many', { retryAfterSeconds: Math.max(1, rate.ttlInSeconds) });
}

const rowOf = (request: FastifyRequest): Route | undefined => request.routeOptions.config.row;
const isPublic = (request: FastifyRequest): boolean => rowOf(request)?.access === 'public';
const placeOf = (request: FastifyRequest): string => `${request.method}:${request.routeOptions.url}`;

function subjectOf(request: FastifyRequest): string | undefined {
  const name = rowOf(request)?.subject;
  if (name === undefined) return undefined;
  const { [name]: subject } = { ...(request.body as object), ...(request.params as object) } as Record<string, unknown>;
  return typeof subject === 'string' && subject.length <= subjectCharsMax ? subject : undefined;
}

function connect(url: string): Redis {
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 1_000 });
  // Without a listener a lost connection would end the process. The driver reconnects.
  return redis.on('error', () => undefined);
}
