import { jsonBytesMax } from '@aerie/protocol';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
import { Networks } from '../config/networks.js';
import { parseBodies } from './bodies.js';
import { capConnections } from './connections.js';
import { refusingOptions, takeOverFromNode } from './framework-refusals.js';
import { measureRequests } from './measure-requests.js';
import { limitRates } from './rate-limits.js';
import { setResponseHeaders } from './response-headers.js';
import { letSlowSendersGo } from './slow-senders.js';

/** Node looks for heads that are overdue this often. */
const overdueEveryMs = 1_000;

/** The HTTP server with everything that applies to every request before its route is called. */
export async function openHttpServer({ environment }: Config): Promise<FastifyAdapter> {
  const proxies = new Networks(environment.AERIE_TRUSTED_PROXIES ?? []);
  const slowMs = environment.AERIE_SLOW_SECONDS * 1000;
  const adapter = new FastifyAdapter({
    bodyLimit: jsonBytesMax,
    genReqId: () => crypto.randomUUID(),
    trustProxy: (address: string) => proxies.includes(address),
    // Bodies are timed by their pace (letSlowSendersGo): a large one may take minutes.
    requestTimeout: 0,
    ...refusingOptions,
    http: {
      ...refusingOptions.http,
      headersTimeout: slowMs,
      connectionsCheckingInterval: Math.min(overdueEveryMs, slowMs),
    },
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  const { AERIE_CONNECTIONS_MAX, AERIE_CONNECTIONS_PER_ADDRESS } = environment;
  capConnections(server.server, AERIE_CONNECTIONS_MAX, AERIE_CONNECTIONS_PER_ADDRESS, proxies);
  measureRequests(server);
  letSlowSendersGo(server, slowMs);
  parseBodies(server);
  await setResponseHeaders(server, environment.AERIE_WEB_ORIGIN ?? []);
  takeOverFromNode(server);
  await limitRates(server, {
    perAddress: environment.AERIE_REQUESTS_PER_ADDRESS,
    perSubject: environment.AERIE_REQUESTS_PER_SUBJECT,
    redisUrl: environment.REDIS_URL,
    instance: environment.AERIE_INSTANCE,
  });
  return adapter;
}
