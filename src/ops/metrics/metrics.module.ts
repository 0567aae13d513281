import { Module } from '@nestjs/common';
import { HealthModule } from '../../platform/health/health.module.js';
import { Metrics } from './metrics.js';
import { MetricsServer } from './metrics.server.js';

@Module({ imports: [HealthModule], providers: [Metrics, MetricsServer] })
export class MetricsModule {}
