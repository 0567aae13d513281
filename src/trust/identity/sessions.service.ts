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
import { AuditService } from '../audit/audit.service.js';
import { ApiError } from '../../platform/http/api-error.js';
import { MembershipService } from '../membership/membership.service.js';
import { trustedDevice } from '../membership/trusted-device.js';
import type { Caller } from './caller.js';
import { DevicesService } from './devices.service.js';
import { OrganizationService } from './organization.service.js';
import { ChallengeRow, SessionRow } from './session.entity.js';

/** How coarse the times of use are: one write a minute for each session, whatever it does. */
const noteSeconds = 60;

/** Log-in by device signature. A session gives access to ciphertext; it decrypts nothing. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DevicesService,
    private readonly organization: OrganizationService,
    private readonly membership: MembershipService,
    private readonly audit: AuditService,
  ) {}

  async challenge(deviceId: string): Promise<ReplyOf<typeof routes.askChallenge>> {
    const organizationId = await this.organization.requireId();
    await this.devices.requireActive(deviceId);
    const challenge = randomBytes(32);
    const expiresAt = new Date(Date.now() + challengeSeconds * 1000);
    await this.database.transaction(async (manager) => {
      await manager.delete(ChallengeRow, { expiresAt: LessThan(new Date()) });
      await manager.delete(SessionRow, { expiresAt: LessThan(new Date()) });
      await manager.insert(ChallengeRow, { challenge, deviceId, expiresAt });
    });
    return { challenge: toBase64(challenge), organizationId, expiresAt: expiresAt.toISOString() };
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
    if (record.organizationId !== (await this.organization.requireId()))
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
      `SELECT d.id, d.member_id, d.kind, d.projects, d.revoked_at, d.expires_at <= now() AS device_expired, m.role,
              least(s.last_used_at, coalesce(d.last_seen_at, '-infinity')) < now() - $2 * interval '1 second' AS is_unnoted
         FROM session s JOIN device d ON d.id = s.device_id JOIN member m ON m.id = d.member_id
        WHERE s.token_digest = $1 AND s.expires_at > now()`,
      [tokenDigest, noteSeconds],
    );
    if (!row) throw new ApiError('session.expired');
    if (row.revoked_at) throw new ApiError('device.revoked');
    if (row.device_expired) throw new ApiError('device.expired');
    if (row.is_unnoted) await this.note(tokenDigest, row.id);
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

  /** The open sessions of the caller's member; for an owner, of everybody. Those last used come first. */
  async list(caller: Caller): Promise<ReplyOf<typeof routes.listSessions>> {
    const rows = await this.database
      .getRepository(SessionRow)
      .createQueryBuilder('session')
      .innerJoin('device', 'device', 'device.id = session.device_id')
      .where('session.expiresAt > now() AND (device.expires_at IS NULL OR device.expires_at > now())')
      .andWhere('(:isOwner OR device.member_id = :memberId)', scopeOf(caller))
      .orderBy({ 'session.lastUsedAt': 'DESC', 'session.id': 'ASC' })
      .getMany();
    return {
      sessions: rows.map((row) => ({
        sessionId: row.id,
        deviceId: row.deviceId,
        createdAt: row.createdAt.toISOString(),
        lastUsedAt: row.lastUsedAt.toISOString(),
        expiresAt: row.expiresAt.toISOString(),
        current: row.tokenDigest.equals(caller.tokenDigest),
      })),
    };
  }

  /** @throws ApiError session.unknown, the same whether it does not exist or is not the caller's to end */
  async endOne(caller: Caller, sessionId: string): Promise<void> {
    const { isOwner, memberId } = scopeOf(caller);
    await this.database.transaction(async (manager) => {
      const [ended] = await manager.query<[{ device_id: string }[], number]>(
        `DELETE FROM session USING device d
          WHERE session.id = $1 AND d.id = session.device_id AND ($2 OR d.member_id = $3) RETURNING session.device_id`,
        [sessionId, isOwner, memberId],
      );
      if (!ended[0]) throw new ApiError('session.unknown');
      await this.audit.record(manager, 'session.ended', caller, [ended[0].device_id]);
    });
  }

  /**
   * Notes that the device was heard of just now; of several requests at once, one writes. Not in one transaction: a
   * revocation locks both rows the other way round.
   */
  private async note(tokenDigest: Buffer, deviceId: string): Promise<void> {
    await this.database.query(
      `UPDATE session SET last_used_at = now() WHERE token_digest = $1 AND last_used_at < now() - $2 * interval '1 second'`,
      [tokenDigest, noteSeconds],
    );
    await this.database.query(
      `UPDATE device SET last_seen_at = now()
        WHERE id = $1 AND (last_seen_at IS NULL OR last_seen_at < now() - $2 * interval '1 second')`,
      [deviceId, noteSeconds],
    );
  }

  private async verify(signed: ReturnType<typeof signedFromWire>, deviceId: string) {
    const { certificate } = trustedDevice(await this.membership.require(), deviceId);
    try {
      return await verifyRecord('session', signed, certificate);
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
  is_unnoted: boolean;
  role: Caller['role'];
}

/** Whose sessions a caller may see and end. */
const scopeOf = ({ role, memberId }: Caller) => ({ isOwner: role === 'owner', memberId });

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
