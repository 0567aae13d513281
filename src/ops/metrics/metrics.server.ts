import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { listenFault } from '../../platform/http/listen-fault.js';
import { HealthService } from '../../platform/health/health.service.js';
import { isSameSecret } from '../../trust/identity/same-secret.js';
import { Metrics } from './metrics.js';

/** Whoever asks is on the operator's network; a stalled one costs a socket for no longer than this. */
const requestMsMax = 10_000;
const connectionsMax = 32;

/**
 * Health and metrics on a port of their own, for API and workers alike: what is for operators is not reachable where clients
 * are. Metrics are told only to who has the token; they say how much happens, to whom it is of interest.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('metrics');
  private server: Server | undefined;

  constructor(
    private readonly config: Config,
    private readonly health: HealthService,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { AERIE_METRICS_PORT: port, HOST: host } = this.config.environment;
    const server = createServer({ requestTimeout: requestMsMax, headersTimeout: requestMsMax }, (request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        this.log.error({ error }, 'the metrics could not be put together');
        end(response, 503);
      });
    });
    server.maxConnections = connectionsMax;
    await new Promise<void>((listening, failed) => {
      server.once('error', (error) => failed(listenFault(error, 'AERIE_METRICS_PORT', port!)));
      server.listen(port, host, listening);
    });
    this.server = server;
    this.log.log({ port: (server.address() as AddressInfo).port }, 'health and metrics are served');
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((closed) => (this.server ? this.server.close(() => closed()) : closed()));
  }

  private async answer({ method, url, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET') return end(response, 405);
    if (url === '/health/live') return end(response, 200, 'live\n');
    if (url === '/health/ready') return this.ready(response);
    if (url !== '/metrics') return end(response, 404);
    if (!isSameSecret(headers.authorization ?? '', `Bearer ${this.config.environment.AERIE_METRICS_TOKEN!}`))
      return end(response, 401);
    const text = await this.metrics.registry.metrics();
    end(response, 200, text, this.metrics.registry.contentType);
  }

  private async ready(response: ServerResponse): Promise<void> {
    const { isReady, parts } = await this.health.readiness();
    const lines = Object.entries(parts).map(([part, state]) => `${part}: ${state}\n`);
    end(response, isReady ? 200 : 503, lines.join(''));
  }
}

function end(response: ServerResponse, status: number, text = '', type = 'text/plain; charset=utf-8'): void {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, status === 401 ? { ...headers, 'www-authenticate': 'Bearer' } : headers).end(text);
}
