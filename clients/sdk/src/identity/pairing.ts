import { fromBase64, problemOf, toBase64, type PairingAnswer, type PairingKind } from '@aerie/protocol';
import { Http } from '../api/http.js';
import { attemptsAtNewAddress } from '../api/retry.js';
import { generateSecretKey, openMessage, writeSecretKey, type SecretKey } from '../crypto/openpgp.js';
import { PairingSecrets } from '../crypto/pairing-code.js';
import { Refusal, ServerProblem, TrustError } from '../errors.js';
import { confirmEnrollment } from './certified.js';
import { proveDevice } from './device-records.js';
import { newKeyring, type Keyring } from './keyring.js';
import { waitForPairing } from './pairing-wait.js';

export interface PairingOptions {
  /** Origin of the server. */
  readonly server: string;
  /** From `newPairingCode`, here or on the device that approves; as printed or typed. */
  readonly code: string;
  /** What others see of this device. */
  readonly label: string;
  readonly kind: PairingKind;
  readonly fetch?: typeof globalThis.fetch;
}

/** A new device on its way in: it has offered itself under a pairing code, and waits for a device that knows the code. */
export class Pairing {
  private constructor(
    /** Six digits; the approving device must show the same. */
    readonly checkNumber: string,
    private readonly deviceId: string,
    private readonly options: PairingOptions,
    private readonly secrets: PairingSecrets,
    private readonly key: SecretKey,
    private readonly http: Http,
  ) {}

  /**
   * Makes the key of this device and offers its certificate. The key lives in memory alone until it is approved.
   * @throws Refusal `pairing.malformed`; ServerProblem `pairing.conflict`, `pairing.too_many`; ServerUnreachable
   */
  static async offer(options: PairingOptions): Promise<Pairing> {
    const { server, code, label, kind, fetch } = options;
    const secrets = await PairingSecrets.of(code);
    const key = await generateSecretKey(label, kind === 'full' ? 'encrypting' : 'signing');
    const { bytes } = key.certificate;
    const deviceId = crypto.randomUUID();
    const http = new Http(server, fetch);
    const { organizationId } = await http.call('describeServer', { attempts: attemptsAtNewAddress });
    if (organizationId === null) throw new ServerProblem(problemOf('setup.needed'));
    const proof = await proveDevice(key, organizationId, deviceId);
    const stated = { pairingId: secrets.pairingId, deviceId, label, kind, certificate: toBase64(bytes), proof };
    await http.call('createPairing', { body: { ...stated, mac: await secrets.macOf(stated) } });
    return new Pairing(await secrets.checkNumber(bytes), deviceId, options, secrets, key, http);
  }

  /**
   * Waits until the device is approved, and checks the approving device and the server against the code.
   * @returns the keyring: secret, and nowhere else, so keep it sealed
   * @throws Refusal `pairing.unanswered`, `pairing.aborted`; TrustError; ServerProblem `pairing.expired`
   */
  async answered({ signal }: { signal?: AbortSignal } = {}): Promise<Keyring> {
    const params = { pairingId: this.secrets.pairingId };
    const ask = async () => (await this.http.call('readPairing', { params, signal })).answer ?? undefined;
    const answer = await waitForPairing(ask, signal);
    if (answer === undefined) throw new Refusal('pairing.unanswered', 'Nobody approved this device in time');
    return this.accept(await this.secrets.openAnswer(fromBase64(answer)));
  }

  private async accept(answer: PairingAnswer): Promise<Keyring> {
    const { server, kind, fetch } = this.options;
    const { organizationId, rootFp, memberId, deviceId } = answer;
    if (deviceId !== this.deviceId || answer.kind !== kind)
      throw new TrustError('trust.pairing', 'The answer is for another device than this');
    const open = async (sealed: string): Promise<string> => toBase64(await openMessage(fromBase64(sealed), this.key));
    const memberSecretKeys = answer.kind === 'full' ? await Promise.all(answer.sealedMemberKeys.map(open)) : null;
    const keyring = newKeyring({
      server,
      organizationId,
      rootFp,
      memberId,
      deviceId,
      kind,
      deviceSecretKey: toBase64(writeSecretKey(this.key)),
      memberSecretKeys,
    });
    const projectId = answer.kind === 'upload-only' ? answer.projectId : null;
    if (answer.kind === 'upload-only') keyring.projectNames[answer.projectId] = answer.projectName;
    if (!(await confirmEnrollment(keyring, projectId, { fetch })))
      throw new TrustError('trust.membership', 'The server shows another device than the one that was approved');
    return keyring;
  }
}
