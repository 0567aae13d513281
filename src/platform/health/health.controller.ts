import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Open } from '../http/serves.decorator.js';
import { HealthService } from './health.service.js';

/** Outside the API's version: probes ask here. */
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process answers. Depends on nothing else. */
  @Open()
  @Get('live')
  @HttpCode(200)
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** 200 where every part answers and is fit, 503 naming those that are not. */
  @Open()
  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { isReady, parts } = await this.health.readiness();
    void reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', parts });
  }
}
