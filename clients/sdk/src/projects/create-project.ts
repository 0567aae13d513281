import { fromBase64, readCertificate, type Membership, type Previews, type ProjectView } from '@aerie/protocol';
import { TrustError } from '../errors.js';
import { append, type EntryDraft } from '../identity/append.js';
import { DeviceNames } from '../identity/device-names.js';
import { rendererDevice } from '../identity/device-records.js';
import type { LocalDevice } from '../identity/local-device.js';
import { noteDevices } from '../identity/newcomers.js';
import { newEpoch, type NewEpoch } from './epochs.js';

/** Makes the keys of a new project and signs it into the chain; the server sees neither its name nor its keys. */
export async function createProject(local: LocalDevice, name: string, mode: Previews['mode']): Promise<ProjectView> {
  const projectId = crypto.randomUUID();
  const { entrySigner: signer, deviceKey: key } = local;
  const { memberId } = local.keyring;
  const previews: Previews = mode === 'assisted' ? { mode, renderer: await signInRenderer(local) } : { mode };
  const project = { type: 'project', signer, projectId, previews } satisfies EntryDraft['said'];
  let envelopes: NewEpoch['envelopes'] = [];
  const draft = async (chain: Membership) => {
    const epoch = await newEpoch(local, chain, { projectId, name, memberIds: [memberId] });
    envelopes = epoch.envelopes;
    return [project, epoch.said].map((said) => ({ said, key }));
  };
  const view = await append(local, draft, (entries) =>
    // A key of its own for each attempt: the entries are others at another place.
    local.http.call('createProject', {
      body: { entries, envelopes: [...envelopes] },
      idempotencyKey: crypto.randomUUID(),
    }),
  );
  return view!;
}

/** Certifies the renderer that waits on the server, unless it is certified already. */
async function signInRenderer(local: LocalDevice): Promise<{ deviceId: string; certificateFp: string }> {
  const { memberId } = local.keyring;
  const waiting = await local.http.call('readRenderer', {});
  const certificate = await readCertificate(fromBase64(waiting.certificate));
  const certificateFp = certificate.fingerprint;
  const { deviceId, proof } = waiting;
  const draft = async (chain: Membership, now: string) => {
    const known = chain.devices.get(deviceId);
    if (known) {
      const isThat = known.record.kind === 'renderer' && known.certificate.fingerprint === certificateFp;
      if (!isThat || known.until !== null)
        throw new TrustError('trust.membership', 'The waiting renderer is not the one that was certified under its id');
      return null;
    }
    if (proof === null) throw new TrustError('trust.membership', 'Nobody has certified the renderer of the server');
    const label = new DeviceNames(chain, memberId, now).propose('renderer', deviceId);
    await noteDevices(local, [deviceId], 'known');
    const said = rendererDevice({ signer: local.entrySigner, memberId, deviceId, label, certificate, proof });
    return [{ said, key: local.deviceKey }];
  };
  await append(local, draft, ([entry]) => local.http.call('enrollDevice', { body: { entry: entry! } }));
  return { deviceId, certificateFp };
}
