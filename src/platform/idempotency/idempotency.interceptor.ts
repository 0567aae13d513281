import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Route } from '@aerie/protocol';
import { type Observable, from, lastValueFrom } from 'rxjs';
import { DataSource } from 'typeorm';
import { ApiError } from '../http/api-error.js';
import { routeKey } from '../http/serves.decorator.js';
import type { RequestOfPrincipal } from '../http/principal.js';

/** How long an answer is repeated for its key. */
const keptFor = '24 hours';
/** How long one request may take before its key is free again. A client tries for half a minute, and must outlast a crash here. */
const workedFor = '10 seconds';
const keyCharsMax = 200;

/** Honors Idempotency-Key on the routes that say so: same key and body, same answer and one effect. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly database: DataSource) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = Reflect.getMetadata(routeKey, context.getHandler()) as Route | undefined;
    const request = context.switchToHttp().getRequest<RequestOfPrincipal>();
    const key = request.headers['idempotency-key'];
    if (!route?.idempotent || key === undefined || !request.caller) return next.handle();
    if (typeof key !== 'string' || key.length > keyCharsMax) {
      throw new ApiError('request.malformed', { detail: `Idempotency-Key has at most ${keyCharsMax} characters` });
    }
    const digest = createHash('sha256')
      .update(JSON.stringify([request.method, request.url, request.body]))
      .digest();
    return from(this.once(request.caller.deviceId, key, digest, () => lastValueFrom(next.handle())));
  }

  private async once(deviceId: string, key: string, digest: Buffer, work: () => Promise<unknown>): Promise<unknown> {
    if (!(await this.claim(deviceId, key, digest))) return this.earlier(deviceId, key, digest);
    try {
      const reply = await work();
      await this.database.query(
        'UPDATE idempotency_key SET reply = $3, expires_at = now() + $4::interval WHERE device_id = $1 AND key = $2',
        [deviceId, key, JSON.stringify(reply), keptFor],
      );
      return reply;
    } catch (error) {
      // A refused request had no effect, so its key may be used again.
      await this.database.query('DELETE FROM idempotency_key WHERE device_id = $1 AND key = $2', [deviceId, key]);
      throw error;
    }
  }

  private async claim(deviceId: string, key: string, digest: Buffer): Promise<boolean> {
    await this.database.query("DELETE FROM idempotency_key WHERE expires_at < now() - interval '1 hour'");
    const rows = await this.database.query<unknown[]>(
      `INSERT INTO idempotency_key (device_id, key, request_digest, expires_at) VALUES ($1, $2, $3, now() + $4::interval)
       ON CONFLICT (device_id, key) DO UPDATE SET request_digest = excluded.request_digest, reply = NULL, expires_at = excluded.expires_at
        WHERE idempotency_key.expires_at < now() RETURNING key`,
      [deviceId, key, digest, workedFor],
    );
    return rows.length === 1;
  }

  private async earlier(deviceId: string, key: string, digest: Buffer): Promise<unknown> {
    const [row] = await this.database.query<{ request_digest: Buffer; reply: unknown }[]>(
      'SELECT request_digest, reply FROM idempotency_key WHERE device_id = $1 AND key = $2',
      [deviceId, key],
    );
    if (row && !row.request_digest.equals(digest)) throw new ApiError('request.idempotency_mismatch');
    if (!row || row.reply === null) throw new ApiError('request.in_progress');
    return row.reply;
  }
}
