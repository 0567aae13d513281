import { Injectable } from '@nestjs/common';
import {
  type BodyOf,
  CreatePairing,
  type ReplyOf,
  canonicalJson,
  fromBase64,
  fromUtf8,
  pairingSeconds,
  pairingsOpenMax,
  readCertificate,
  routes,
  toBase64,
} from '@aerie/protocol';
import { DataSource, type EntityManager, IsNull, MoreThan } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import { OrganizationService } from './organization.service.js';
import { Pairing } from './pairing.entity.js';
import { bufferOf } from './wire.js';

/** How long a pairing is remembered after it ran out, so that a late device is told that and not "unknown". */
const rememberedFor = '1 hour';

/** Carries an offer one way and an answer the other. Whether either is true, only those can tell who know the code. */
@Injectable()
export class PairingsService {
  constructor(
    private readonly database: DataSource,
    private readonly organization: OrganizationService,
  ) {}

  async create(input: BodyOf<typeof routes.createPairing>): Promise<ReplyOf<typeof routes.createPairing>> {
    await this.organization.requireId();
    await readCertificate(fromBase64(input.certificate));
    const offer = Buffer.from(canonicalJson(input));
    return this.database.transaction(async (manager) => {
      // Counting and adding must be one step, or the limit is none. Who only reads does not wait for this.
      await manager.query('LOCK TABLE pairing IN SHARE ROW EXCLUSIVE MODE');
      await manager.query('DELETE FROM pairing WHERE expires_at < now() - $1::interval', [rememberedFor]);
      const earlier = await manager.findOneBy(Pairing, { id: input.pairingId });
      if (earlier && !earlier.offer.equals(offer)) throw new ApiError('pairing.conflict');
      return viewOf(stillOpen(earlier ?? (await this.add(manager, input.pairingId, offer))));
    });
  }

  async read(pairingId: string): Promise<ReplyOf<typeof routes.readPairing>> {
    return viewOf(await this.require(pairingId));
  }

  async answer(pairingId: string, wire: string): Promise<void> {
    const answer = bufferOf(wire);
    const { affected } = await this.database
      .getRepository(Pairing)
      .update({ id: pairingId, answer: IsNull(), expiresAt: MoreThan(new Date()) }, { answer });
    if (affected === 1) return;
    const pairing = await this.require(pairingId);
    if (!pairing.answer?.equals(answer)) throw new ApiError('pairing.conflict');
  }

  private async add(manager: EntityManager, id: string, offer: Buffer): Promise<Pairing> {
    const waiting = await manager.countBy(Pairing, { expiresAt: MoreThan(new Date()) });
    if (waiting >= pairingsOpenMax) throw new ApiError('pairing.too_many');
    const pairing = { id, offer, answer: null, expiresAt: new Date(Date.now() + pairingSeconds * 1000) };
    await manager.insert(Pairing, pairing);
    return pairing;
  }

  private async require(id: string): Promise<Pairing> {
    const pairing = await this.database.getRepository(Pairing).findOneBy({ id });
    if (!pairing) throw new ApiError('pairing.unknown');
    return stillOpen(pairing);
  }
}

function stillOpen(pairing: Pairing): Pairing {
  if (pairing.expiresAt.getTime() <= Date.now()) throw new ApiError('pairing.expired');
  return pairing;
}

const viewOf = ({ offer, answer, expiresAt }: Pairing): ReplyOf<typeof routes.readPairing> => ({
  offer: CreatePairing.parse(JSON.parse(fromUtf8(offer))),
  answer: answer && toBase64(answer),
  expiresAt: expiresAt.toISOString(),
});
