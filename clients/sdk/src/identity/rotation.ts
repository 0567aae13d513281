/**
 * What follows the revocation of a full device: it still holds its member's secret key and the keys of the projects that
 * the member reads, so both are replaced. What is left to do is read from the chain alone: any full device of the member
 * can go on where another one stopped, and several may at the same time.
 */
import { sha256, toBase64, type Membership, type TrustedProject } from '@aerie/protocol';
import { generateSecretKey, sealMessage, writeSecretKey } from '../crypto/openpgp.js';
import { newEpoch, type NewEpoch } from '../projects/epochs.js';
import type { Projects } from '../projects/projects.js';
import { Refusal, TrustError } from '../errors.js';
import { append, type EntryDraft } from './append.js';
import type { LocalDevice } from './local-device.js';

/** Whose keys are to be replaced: of this member, or of a project. */
export type RotationStep = { readonly kind: 'member' } | { readonly kind: 'project'; readonly projectId: string };

export interface RotationProgress {
  /** What is about to be done. */
  readonly step: RotationStep;
  /** Steps that are done, and that there are, as far as is known by now. */
  readonly done: number;
  readonly of: number;
}

export interface RotateOptions {
  readonly onProgress?: (progress: RotationProgress) => void;
  readonly signal?: AbortSignal;
}

/** Whether a full device of the member was revoked that holds the key of its newest certificate. */
function isMemberDue(chain: Membership, memberId: string): boolean {
  const newest = chain.certificateOf(memberId)?.since ?? Infinity;
  return [...chain.devices.values()].some(
    ({ record, until }) => record.memberId === memberId && record.kind === 'full' && until !== null && until > newest,
  );
}

/** Whether one of its readers was given a new certificate since the newest epoch. */
function isProjectDue(chain: Membership, { epochs }: TrustedProject): boolean {
  const newest = epochs.at(-1)?.record;
  return newest?.members.some(({ memberId }) => chain.certificateOf(memberId)!.since > newest.seq) ?? false;
}

/**
 * The projects of which this device could begin the next epoch, and has to: now, or once its own member has a new
 * certificate. It needs their names, so it reads them; and only owners sign epochs.
 */
function projectsDue(chain: Membership, memberId: string): string[] {
  if (chain.members.get(memberId)?.record.role !== 'owner') return [];
  const isOwn = isMemberDue(chain, memberId);
  return [...chain.projects]
    .filter(([, project]) => project.epochs.at(-1)?.record.members.some((one) => one.memberId === memberId))
    .filter(([, project]) => isOwn || isProjectDue(chain, project))
    .map(([projectId]) => projectId);
}

/** What is left to do, in the order in which it is to be done; nothing on a device that cannot. */
export function stepsDue(chain: Membership, { keyring: { memberId }, holdsMemberKey }: LocalDevice): RotationStep[] {
  if (!holdsMemberKey) return [];
  const projects = projectsDue(chain, memberId).map((projectId) => ({ kind: 'project', projectId }) as const);
  return [...(isMemberDue(chain, memberId) ? [{ kind: 'member' } as const] : []), ...projects];
}

/**
 * Does what is due, step by step, looking again before each. A project of which the server shows something wrong does not
 * keep the others waiting.
 * @returns how many steps there were
 * @throws Refusal `rotation.aborted`; TrustError; ServerProblem; ServerUnreachable
 */
export async function rotate(
  local: LocalDevice,
  projects: Projects,
  { onProgress = () => {}, signal }: RotateOptions = {},
): Promise<number> {
  const failed = new Map<string, TrustError>();
  let done = 0;
  for (; ; done++) {
    const due = stepsDue(await local.membership({ fresh: true }), local);
    const [step, ...later] = due.filter((one) => one.kind === 'member' || !failed.has(one.projectId));
    if (!step) break;
    onProgress({ step, done, of: done + 1 + later.length });
    if (signal?.aborted) throw new Refusal('rotation.aborted', 'The keys were not all replaced');
    if (step.kind === 'member') await rotateMember(local);
    else
      await rotateProject(local, projects, step.projectId).catch((error: unknown) => {
        if (!(error instanceof TrustError)) throw error;
        failed.set(step.projectId, error);
      });
  }
  for (const error of failed.values()) throw error;
  return done;
}

/** Gives this device's member a new key, sealed to each of its full devices and to its kit; unless another device has. */
async function rotateMember(local: LocalDevice): Promise<void> {
  const { memberId } = local.keyring;
  let sealed: Pick<NewMemberKey, 'keys' | 'backup'> = { keys: [], backup: '' };
  const draft = async (chain: Membership): Promise<EntryDraft[] | null> => {
    if (!isMemberDue(chain, memberId)) return null;
    const { said, ...octets } = await newMemberKey(local, chain);
    sealed = octets;
    return [{ said, key: local.deviceKey }];
  };
  await append(local, draft, ([entry]) =>
    local.http.call('rotateCertificate', { params: { memberId }, body: { entry: entry!, ...sealed } }),
  );
}

/** Begins the next epoch of a project, for those who read it now; unless another device has. */
async function rotateProject(local: LocalDevice, projects: Projects, projectId: string): Promise<void> {
  const { name } = await projects.read(projectId);
  let envelopes: NewEpoch['envelopes'] = [];
  const draft = async (chain: Membership): Promise<EntryDraft[] | null> => {
    const project = chain.projects.get(projectId);
    if (!project || !isProjectDue(chain, project)) return null;
    const memberIds = project.epochs.at(-1)!.record.members.map(({ memberId }) => memberId);
    const epoch = await newEpoch(local, chain, { projectId, name, memberIds });
    envelopes = epoch.envelopes;
    return [{ said: epoch.said, key: local.deviceKey }];
  };
  await append(local, draft, ([entry]) =>
    local.http.call('createEpoch', { params: { projectId }, body: { entry: entry!, envelopes: [...envelopes] } }),
  );
}

interface NewMemberKey {
  readonly said: Extract<EntryDraft['said'], { type: 'certificate' }>;
  readonly keys: { deviceId: string; sealed: string }[];
  readonly backup: string;
}

/** Made in memory alone: this device too gets it from the server, by the way of all others. */
async function newMemberKey(
  { keyring: { memberId }, entrySigner: signer }: LocalDevice,
  chain: Membership,
): Promise<NewMemberKey> {
  const { record, recovery } = chain.members.get(memberId)!;
  const key = await generateSecretKey(record.name, 'encrypting');
  const secret = writeSecretKey(key);
  const sealed = await Promise.all(
    chain.fullDevicesOf(memberId).map(async ({ record: { deviceId }, certificate }) => ({
      deviceId,
      octets: await sealMessage(secret, [certificate]),
    })),
  );
  const backup = await sealMessage(secret, [recovery]);
  const named = sealed.map(async ({ deviceId, octets }) => ({ deviceId, sealed: await digestOf(octets) }));
  return {
    said: {
      type: 'certificate',
      signer,
      memberId,
      certificate: toBase64(key.certificate.bytes),
      keys: await Promise.all(named),
      backup: await digestOf(backup),
    },
    keys: sealed.map(({ deviceId, octets }) => ({ deviceId, sealed: toBase64(octets) })),
    backup: toBase64(backup),
  };
}

const digestOf = async (octets: Uint8Array): Promise<string> => toBase64(await sha256(octets));
