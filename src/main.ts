import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi, listen } from './api.js';
import { AppModule, databaseOf } from './app.module.js';
import { type Config, readConfig } from './platform/config/config.js';
import { migrateOnly } from './platform/database/migrate-only.js';
import { PinoLogger, openLog } from './platform/http/pino-logger.js';
import { OrganizationService } from './trust/identity/organization.service.js';
import { schema } from './schema.js';

/** Starts one process of the server in its role, or runs the migrations and ends (`node dist/main.js migrate`). */
async function main(): Promise<void> {
  // Octets from sockets make the collector mark the whole heap all the time; marking it at once and less often halves the
  // processor time of a large upload (docs/performance.md).
  setFlagsFromString('--no-incremental-marking');
  const config = readConfig(process.env);
  const log = new PinoLogger(openLog(config.environment.AERIE_LOG_LEVEL, config.environment.AERIE_LOG_FILE));
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  if (process.argv[2] === 'migrate') return migrateOnly(databaseOf(config), schema);
  endWithParent();
  if (config.runsApi) await startApi(config, log);
  else await startWorker(config, log);
}

/** Stops like on SIGTERM when the process that started this one with a channel is gone (`npm start`). */
function endWithParent(): void {
  const stop = () => process.kill(process.pid, 'SIGTERM');
  // It may have gone while this one was loading.
  if (process.connected === false) stop();
  process.once('disconnect', stop);
  process.channel?.unref();
}

async function startApi(config: Config, log: PinoLogger): Promise<void> {
  const app = await createApi(config, log);
  app.enableShutdownHooks();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => endStalled(app));
  await listen(app, config);
  await greet(app, (await app.getUrl()).replace('[::1]', '127.0.0.1'), config.webDir !== null);
}

/** Requests have this long to finish when the server stops; a player that has paused never would. */
const stopGraceMs = 5_000;

function endStalled(app: NestFastifyApplication): void {
  setTimeout(() => app.getHttpServer().closeAllConnections(), stopGraceMs).unref();
}

async function startWorker(config: Config, log: PinoLogger): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule.for(config), { logger: log, abortOnError: false });
  app.enableShutdownHooks();
}

/** The console that the server was started from is the one place where the set-up token is shown. */
async function greet(app: NestFastifyApplication, url: string, hasWeb: boolean): Promise<void> {
  const organization = app.get(OrganizationService);
  const lines = [`Aerie listens on ${url}`];
  if ((await organization.describe()).organizationId === null) {
    const token = organization.setupToken;
    // After the #, so that neither a server nor a proxy ever sees it.
    const link = `This server is new. To set it up, open this link:\n\n    ${url}/setup#${encodeURIComponent(token)}\n\nor, without a browser, in another terminal:`;
    lines.push(
      '',
      hasWeb ? link : 'This server is new, and has no web app. To set it up, in another terminal:',
      '',
      `    npx aerie init --server ${url} --setup-token ${token} \\`,
      '      --org "My agency" --name "My name" --kit-file recovery-kit.txt',
      '',
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`Aerie cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
