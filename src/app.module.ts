import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { AliasesModule } from './content/aliases/aliases.module.js';
import { AdminModule } from './ops/admin/admin.module.js';
import { Config } from './platform/config/config.js';
import { ConfigModule } from './platform/config/config.module.js';
import { DatabaseModule, type DatabaseLocation } from './platform/database/database.module.js';
import { schema } from './schema.js';
import { ApiErrorFilter } from './platform/http/api-error.filter.js';
import { BodyTypeGuard } from './platform/http/body-types.js';
import { ReplyInterceptor } from './platform/http/reply.interceptor.js';
import { RequestLogInterceptor } from './platform/http/request-log.interceptor.js';
import { RouteCheck } from './platform/http/route-check.js';
import { IdempotencyInterceptor } from './platform/idempotency/idempotency.interceptor.js';
import { MetricsModule } from './ops/metrics/metrics.module.js';
import { IdentityModule } from './trust/identity/identity.module.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { MediaModule } from './content/media/media.module.js';
import { RenditionsModule } from './content/renditions/renditions.module.js';
import { ProjectsModule } from './content/projects/projects.module.js';
import { CompactionModule } from './lifecycle/compaction/compaction.module.js';
import { ReclaimModule } from './lifecycle/reclaim/reclaim.module.js';
import { refusalOf } from './platform/refusals/refusal-of.js';
import { StorageModule, type StorageOptions } from './platform/storage/storage.module.js';
import { UploadsModule } from './content/uploads/uploads.module.js';
import type { WebBuild } from './ops/web/web-build.js';
import { WebModule } from './ops/web/web.module.js';

/** The features, in layer order, chosen for one configuration. */
@Module({})
export class AppModule {
  /** @param web the web app to serve, if any */
  static for(config: Config, web: WebBuild | null = null): DynamicModule {
    const { environment } = config;
    return {
      module: AppModule,
      imports: [
        DiscoveryModule,
        ConfigModule.for(config),
        DatabaseModule.for(databaseOf(config), schema),
        StorageModule.for(storageOf(config)),
        JobsModule.for({
          redisUrl: environment.REDIS_URL ?? null,
          instanceId: environment.AERIE_INSTANCE,
          concurrency: config.runsWorker ? jobsAtOnce : 0,
        }),
        IdentityModule,
        ProjectsModule,
        MediaModule,
        UploadsModule,
        RenditionsModule,
        AliasesModule,
        CompactionModule,
        ReclaimModule,
        AdminModule,
        ...(environment.AERIE_METRICS_PORT === undefined ? [] : [MetricsModule]),
        ...(web ? [WebModule.for(web)] : []),
      ],
      providers: [
        RouteCheck,
        { provide: APP_GUARD, useClass: BodyTypeGuard },
        { provide: APP_FILTER, useFactory: () => new ApiErrorFilter(refusalOf) },
        { provide: APP_INTERCEPTOR, useClass: RequestLogInterceptor },
        { provide: APP_INTERCEPTOR, useClass: ReplyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
      ],
    };
  }
}

/** Background work is mostly waiting for the store; more would take the processor from uploads on a small machine. */
const jobsAtOnce = 2;

export const databaseOf = ({ dataDir, environment }: Config): DatabaseLocation =>
  environment.DATABASE_URL ? { url: environment.DATABASE_URL } : { embeddedDir: join(dataDir, 'postgres') };

function storageOf({ dataDir, environment }: Config): StorageOptions {
  if (!environment.S3_ENDPOINT)
    return { kind: 'filesystem', dir: join(dataDir, 'objects'), reserveBytes: environment.AERIE_STORE_RESERVE_BYTES };
  return {
    kind: 's3',
    endpoint: environment.S3_ENDPOINT,
    region: environment.S3_REGION,
    bucket: environment.S3_BUCKET,
    accessKey: environment.S3_ACCESS_KEY!,
    secretKey: environment.S3_SECRET_KEY!,
  };
}
