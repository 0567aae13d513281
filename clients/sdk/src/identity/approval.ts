import {
  fromBase64,
  readCertificate,
  toBase64,
  type Certificate,
  type CreatePairing,
  type Membership,
} from '@aerie/protocol';
import { sealMessage, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { PairingSecrets } from '../crypto/pairing-code.js';
import { Refusal, ServerProblem } from '../errors.js';
import type { Project } from '../projects/projects.js';
import { append } from './append.js';
import { DeviceNames, namesOf } from './device-names.js';
import { fullDevice, uploadOnlyDevice } from './device-records.js';
import type { LocalDevice } from './local-device.js';
import { noteDevices } from './newcomers.js';
import { waitForPairing } from './pairing-wait.js';

/** What a new device says of itself, proven to come from a device that knows the code. */
export interface PairingOffer extends CreatePairing {
  /** Six digits; the new device must show the same. */
  readonly checkNumber: string;
  /** What it is called once it is approved, unless another name is chosen: its own, with a number where that is taken. */
  readonly proposedLabel: string;
}

/** @returns null where no device was offered under the code, or, with `wait`, none in time */
export async function readOffer(
  local: LocalDevice,
  code: string,
  { wait = false, signal }: { wait?: boolean; signal?: AbortSignal } = {},
): Promise<PairingOffer | null> {
  const secrets = await PairingSecrets.of(code);
  const ask = (): Promise<CreatePairing | undefined> =>
    local.http.call('readPairing', { params: { pairingId: secrets.pairingId }, signal }).then(
      ({ offer }) => offer,
      (error: unknown) => {
        if (error instanceof ServerProblem && error.code === 'pairing.unknown') return undefined;
        throw error;
      },
    );
  const offer = wait ? await waitForPairing(ask, signal) : await ask();
  if (!offer) return null;
  await secrets.requireOffer(offer);
  return {
    ...offer,
    checkNumber: await secrets.checkNumber(fromBase64(offer.certificate)),
    proposedLabel: (await namesOf(local)).propose(offer.label, offer.deviceId),
  };
}

/** Certifies the device in the offer for its kind, and answers it. Harmless to repeat where the answer did not arrive. */
export async function approveOffer(
  local: LocalDevice,
  code: string,
  { checkNumber: _, proposedLabel, ...offer }: PairingOffer,
  { project, days, label = proposedLabel }: { project: Project | null; days?: number; label?: string },
): Promise<void> {
  if ((offer.kind === 'upload-only') !== (project !== null))
    throw new Refusal('pairing.project', `A device of the kind "${offer.kind}" was offered`);
  const secrets = await PairingSecrets.of(code);
  await secrets.requireOffer(offer);
  const params = { pairingId: secrets.pairingId };
  // A person may have thought for long: an offer that ran out must not leave a certified device without keys.
  await local.http.call('readPairing', { params });
  const certificate = await readCertificate(fromBase64(offer.certificate));
  const seal = (): Promise<string> => sealedAnswer(local, secrets, offer, certificate, project);
  // A certificate that nothing can be sealed to is not certified.
  await seal();
  await certify(local, { ...offer, label }, certificate, project, days);
  // Only now: the member's key may have been replaced in between. From here on the new one would come to this device itself.
  await local.http.call('answerPairing', { params, body: { answer: await seal() } });
}

async function sealedAnswer(
  local: LocalDevice,
  secrets: PairingSecrets,
  { deviceId }: CreatePairing,
  certificate: Certificate,
  project: Project | null,
): Promise<string> {
  const { organizationId, rootFp, memberId } = local.keyring;
  const common = { v: 1, organizationId, rootFp, memberId, deviceId } as const;
  const sealed = project
    ? await secrets.sealAnswer({
        ...common,
        kind: 'upload-only',
        projectId: project.projectId,
        projectName: project.name,
      })
    : await secrets.sealAnswer({
        ...common,
        kind: 'full',
        sealedMemberKeys: await Promise.all(local.memberKeys.all.map((key) => sealedTo(certificate, key))),
      });
  return toBase64(sealed);
}

const sealedTo = async (certificate: Certificate, key: SecretKey): Promise<string> =>
  toBase64(await sealMessage(writeSecretKey(key), [certificate]));

/** Nothing is left to say where the device is what it asked to be: an answer that was lost. */
async function certify(
  local: LocalDevice,
  { deviceId, label, kind, proof }: CreatePairing,
  certificate: Certificate,
  project: Project | null,
  days?: number,
): Promise<void> {
  const { memberId } = local.keyring;
  const draft = async (chain: Membership, now: string) => {
    const listed = chain.devices.get(deviceId);
    const isDone =
      listed?.certificate.fingerprint === certificate.fingerprint &&
      listed.record.kind === kind &&
      listed.until === null &&
      (project === null || listed.record.projects?.includes(project.projectId) === true);
    if (isDone) return null;
    const name = new DeviceNames(chain, memberId, now).require(label, deviceId);
    const known = { signer: local.entrySigner, memberId, deviceId, label: name, certificate, proof };
    const said = project ? uploadOnlyDevice(known, { projectId: project.projectId, days, now }) : fullDevice(known);
    if (!listed) await noteDevices(local, [deviceId], 'known');
    return [{ said, key: local.deviceKey }];
  };
  await append(local, draft, ([entry]) => local.http.call('enrollDevice', { body: { entry: entry! } }));
}
