import {
  canonicalJson,
  fromBase64,
  readCertificate,
  sha256,
  signedToWire,
  toBase64,
  type EnvelopeContent,
  type Previews,
  type ProjectView,
  type RecordOf,
} from '@aerie/protocol';
import { generateSecretKey, sealMessage, signRecord, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { TrustError } from '../errors.js';
import { DeviceNames } from '../identity/device-names.js';
import type { LocalDevice } from '../identity/local-device.js';
import { noteDevices } from '../identity/newcomers.js';

/** Makes the keys and records of a new project and sends them; the server sees neither its name nor its keys. */
export async function createProject(local: LocalDevice, name: string, mode: Previews['mode']): Promise<ProjectView> {
  const { organizationId } = local.keyring;
  const projectId = crypto.randomUUID();
  const stated = {
    v: 1,
    organizationId,
    projectId,
    createdAt: await local.time(),
    signer: local.signer,
  } as const;
  const epochKey = await generateSecretKey(`project ${projectId} epoch 1`, 'encrypting');
  const previews: Previews = mode === 'assisted' ? { mode, renderer: await signInRenderer(local) } : { mode };
  const sign = async <T extends 'project' | 'epoch' | 'envelope'>(type: T, record: RecordOf<T>) =>
    signedToWire(await signRecord(type, record, local.deviceKey));
  const record = await sign('project', { ...stated, type: 'project', previews });
  const epoch = await sign('epoch', {
    ...stated,
    type: 'epoch',
    epoch: 1,
    certificateFp: epochKey.certificate.fingerprint,
    members: [local.keyring.memberId],
    prev: null,
  });
  const sealed = await sealEnvelope(local, projectId, name, epochKey);
  const envelope = await sign('envelope', {
    ...stated,
    type: 'envelope',
    epoch: 1,
    sealed: toBase64(await sha256(sealed)),
    recipient: { memberId: local.keyring.memberId, certificateFp: local.memberKey.certificate.fingerprint },
  });
  const body = {
    record,
    epoch: { record: epoch, certificate: toBase64(epochKey.certificate.bytes) },
    envelopes: [{ record: envelope, sealed: toBase64(sealed) }],
  };
  return local.http.call('createProject', { body, idempotencyKey: projectId });
}

function sealEnvelope(local: LocalDevice, projectId: string, name: string, epochKey: SecretKey): Promise<Uint8Array> {
  const content: EnvelopeContent = {
    v: 1,
    organizationId: local.keyring.organizationId,
    projectId,
    epoch: 1,
    recipientFp: local.memberKey.certificate.fingerprint,
    name,
    secretKey: toBase64(writeSecretKey(epochKey)),
    hashKey: toBase64(crypto.getRandomValues(new Uint8Array(32))),
  };
  return sealMessage(canonicalJson(content), [local.memberKey.certificate]);
}

/** Certifies the renderer that waits on the server, unless it is certified already. */
async function signInRenderer(local: LocalDevice): Promise<{ deviceId: string; certificateFp: string }> {
  const { organizationId, memberId } = local.keyring;
  const waiting = await local.http.call('readRenderer', {});
  const { fingerprint: certificateFp } = await readCertificate(fromBase64(waiting.certificate));
  const { deviceId } = waiting;
  const roster = await local.roster({ fresh: true });
  const known = roster.devices.get(deviceId);
  if (known) {
    const isThat =
      known.record.kind === 'renderer' && known.certificate.fingerprint === certificateFp && known.revokedAt === null;
    if (!isThat)
      throw new TrustError('trust.roster', 'The waiting renderer is not the one that was certified under its id');
    return { deviceId, certificateFp };
  }
  const createdAt = await local.time();
  const record = {
    v: 1,
    type: 'device',
    organizationId,
    memberId,
    deviceId,
    kind: 'renderer',
    label: new DeviceNames(roster, memberId, createdAt).propose('renderer', deviceId),
    certificateFp,
    projects: null,
    expiresAt: null,
    createdAt,
  } as const;
  const signed = await signRecord('device', record, local.memberKey);
  await noteDevices(local, [deviceId], 'known');
  await local.http.call('enrollDevice', {
    body: { device: { record: signedToWire(signed), certificate: waiting.certificate } },
  });
  await local.roster({ fresh: true });
  return { deviceId, certificateFp };
}
