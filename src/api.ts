import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { AppModule } from './app.module.js';
import { openApiDocument } from './ops/admin/api-docs.js';
import { WebBuild } from './ops/web/web-build.js';
import type { Config } from './platform/config/config.js';
import { listenFault } from './platform/http/listen-fault.js';
import { openHttpServer } from './platform/http/http-server.js';
import type { PinoLogger } from './platform/http/pino-logger.js';

/** The API of one configuration, whole but not yet listening. main.ts runs one in its process; tests run many in one. */
export async function createApi(config: Config, log: PinoLogger): Promise<NestFastifyApplication> {
  // Before anything is started that a refusal here would have to stop.
  const web = config.webDir === null ? null : await WebBuild.read(config.webDir);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.for(config, web),
    await openHttpServer(config),
    { logger: log, abortOnError: false, bodyParser: false },
  );
  SwaggerModule.setup('api/docs', app, () => openApiDocument('0.1.0'), { jsonDocumentUrl: 'api/openapi.json' });
  return app;
}

/** A start that fails here must not leave the embedded database running. */
export async function listen(app: NestFastifyApplication, { environment }: Config): Promise<void> {
  try {
    await app.listen(environment.PORT, environment.HOST);
  } catch (error) {
    await app.close();
    throw listenFault(error, 'PORT', environment.PORT);
  }
}
