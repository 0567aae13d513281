import { z } from 'zod';
import { Digest, Id, Timestamp, base64 } from '../ids.js';
import { pairingAnswerBytesMax, signatureBytesMax } from '../limits.js';
import { DeviceKind } from '../records/entries.js';
import { readers, route } from './route.js';
import { CertificateBytes } from './shapes.js';

/** A renderer is signed in by other means. */
export const PairingKind = DeviceKind.exclude(['renderer']);
export type PairingKind = z.infer<typeof PairingKind>;

/** A new device offers itself. The server cannot verify any of this; the approver holds the key of `mac`. */
export const CreatePairing = z.object({
  /** From the pairing code, which the server never sees. */
  pairingId: Id,
  deviceId: Id,
  label: z.string().min(1).max(200),
  kind: PairingKind,
  certificate: CertificateBytes,
  /** The device's signature over its `device-proof` record. */
  proof: base64(signatureBytesMax),
  /** HMAC-SHA256 over the other members as canonical JSON, under the code's offer key. */
  mac: Digest,
});
export type CreatePairing = z.infer<typeof CreatePairing>;

const Answer = base64(pairingAnswerBytesMax);

export const PairingView = z.object({
  offer: CreatePairing,
  /** Sealed under the code's answer key; null until a member has approved the device. */
  answer: Answer.nullable(),
  expiresAt: Timestamp,
});

const params = z.object({ pairingId: Id });

export const pairingRoutes = {
  createPairing: route({
    method: 'POST',
    path: '/api/v1/pairings',
    summary: 'A new device offers itself under a pairing code',
    access: 'public',
    body: CreatePairing,
    subject: 'pairingId',
    reply: PairingView,
    status: 201,
    errors: ['record.mismatch', 'pairing.conflict', 'pairing.expired', 'pairing.too_many'],
  }),
  readPairing: route({
    method: 'GET',
    path: '/api/v1/pairings/:pairingId',
    summary: 'An offer and its answer; knowing the id, which the pairing code yields, is the permission',
    access: 'public',
    params,
    subject: 'pairingId',
    reply: PairingView,
    status: 200,
    errors: ['pairing.unknown', 'pairing.expired'],
  }),
  answerPairing: route({
    method: 'POST',
    path: '/api/v1/pairings/:pairingId/answer',
    summary: 'Answer a new device that was approved and enrolled',
    access: readers,
    params,
    body: z.object({ answer: Answer }),
    reply: z.object({ pairingId: Id }),
    status: 201,
    errors: ['pairing.unknown', 'pairing.expired', 'pairing.conflict'],
  }),
} as const;
