import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  RecordError,
  type ReplyOf,
  type SignedRecord,
  challengeSeconds,
  fromBase64,
  parseRecord,
  routes,
  sessionHours,
  signedFromWire,
  toBase64,
  verifyRecord,
} from '@aerie/protocol';
import { DataSource, LessThan } from 'typeorm';
import { ApiError } from '../http/api-error.js';
import type { Caller } from './caller.js';
import { DevicesService } from './devices.service.js';
import { OrganisationService } from './organisation.service.js';
import { ChallengeRow, SessionRow } from './session.entity.js';

/** Log-in by device signature. A session gives access to ciphertext; it decrypts nothing. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DevicesService,
    private readonly organisation: OrganisationService,
  ) {}

  async challenge(deviceId: string): Promise<ReplyOf<typeof routes.askChallenge>> {
    const organisationId = await this.organisation.requireId();
    await this.devices.requireActive(deviceId);
    const challenge = randomBytes(32);
    const expiresAt = new Date(Date.now() + challengeSeconds * 1000);
    await this.database.transaction(async (manager) => {
      await manager.delete(ChallengeRow, { expiresAt: LessThan(new Date()) });
      await manager.delete(SessionRow, { expiresAt: LessThan(new Date()) });
      await manager.insert(ChallengeRow, { challenge, deviceId, expiresAt });
    });
    return { challenge: toBase64(challenge), organisationId, expiresAt: expiresAt.toISOString() };
  }

  async open(wire: SignedRecord): Promise<ReplyOf<typeof routes.openSession>> {
    const signed = signedFromWire(wire);
    const claimed = parseRecord('session', signed.bytes);
    const device = await this.devices.requireActive(claimed.deviceId);
    const record = await this.verify(signed, claimed.deviceId);
    // Deleting is what makes a challenge good for one answer only, also for two answers at once.
    const used = await this.database
      .createQueryBuilder()
      .delete()
      .from(ChallengeRow)
      .where('challenge = :challenge AND device_id = :deviceId AND expires_at > now()', {
        challenge: Buffer.from(fromBase64(record.challenge)),
        deviceId: device.id,
      })
      .execute();
    if (used.affected !== 1) throw new ApiError('session.challenge_invalid');
    if (record.organisationId !== (await this.organisation.requireId()))
      throw new ApiError('session.challenge_invalid');
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + sessionHours * 3_600_000);
    await this.database
      .getRepository(SessionRow)
      .insert({ tokenDigest: digestOf(token), deviceId: device.id, expiresAt });
    return { token, deviceId: device.id, expiresAt: expiresAt.toISOString() };
  }

  /** Whose token this is. @throws ApiError session.expired, device.revoked, device.expired */
  async authenticate(token: string): Promise<Caller> {
    const tokenDigest = digestOf(token);
    const [row] = await this.database.query<CallerRow[]>(
      `SELECT d.id, d.member_id, d.kind, d.projects, d.revoked_at, d.expires_at <= now() AS device_expired, m.role
         FROM session s JOIN device d ON d.id = s.device_id JOIN member m ON m.id = d.member_id
        WHERE s.token_digest = $1 AND s.expires_at > now()`,
      [tokenDigest],
    );
    if (!row) throw new ApiError('session.expired');
    if (row.revoked_at) throw new ApiError('device.revoked');
    if (row.device_expired) throw new ApiError('device.expired');
    return {
      deviceId: row.id,
      memberId: row.member_id,
      role: row.role,
      kind: row.kind,
      projects: row.projects,
      tokenDigest,
    };
  }

  async end(caller: Caller): Promise<void> {
    await this.database.getRepository(SessionRow).delete({ tokenDigest: caller.tokenDigest });
  }

  private async verify(signed: ReturnType<typeof signedFromWire>, deviceId: string) {
    try {
      return await verifyRecord('session', signed, await this.devices.certificateOf(deviceId));
    } catch (error) {
      if (error instanceof RecordError) throw new ApiError('session.signature_invalid', { detail: error.message });
      throw error;
    }
  }
}

interface CallerRow {
  id: string;
  member_id: string;
  kind: Caller['kind'];
  projects: string[] | null;
  revoked_at: Date | null;
  device_expired: boolean | null;
  role: Caller['role'];
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
