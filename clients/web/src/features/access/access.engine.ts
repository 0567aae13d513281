import { newPairingCode, Pairing, recover, Refusal, type Keyring } from '@aerie/sdk';
import type { AccessState } from '../../platform/engine/access-state.js';
import type { Client } from '../../platform/engine/client.js';

export interface Offer {
  /** From the device that approves; null: this browser makes the code. */
  readonly code: string | null;
  readonly device: string;
  readonly kind: 'full' | 'upload-only';
}

export interface Recovery {
  readonly kit: string;
  readonly device: string;
  readonly isProposed: boolean;
  readonly passphrase: string;
}

declare module '../../platform/engine/engines.js' {
  interface Engines {
    access: ReturnType<typeof accessEngine>;
  }
}

export default function accessEngine(client: Client) {
  let waiting: { readonly pairing: Pairing; readonly device: string; readonly stop: AbortController } | undefined;

  /** Keeps the keys of a device that the organization knows already, in place of what was here before. */
  async function settle(keyring: Keyring, passphrase: string, device: string): Promise<void> {
    const vault = await client.vault;
    if (await vault.label()) await client.forget();
    await client.adopt(keyring, passphrase, { organization: '', device, isKitConfirmed: true });
    // The keys are safe; names that do not arrive now are only missing from the page.
    const membership = await client.aerie.local.membership().catch(() => undefined);
    const label = membership?.devices.get(keyring.deviceId)?.label ?? device;
    await client.relabel({ organization: membership?.organization.name ?? '', device: label });
  }

  return {
    /** Answers without a network where this browser is a device already. */
    async state(): Promise<AccessState> {
      const label = await (await client.vault).label();
      if (label && client.isOpen) return { kind: 'open', ...label, deviceKind: client.aerie.keyring.kind };
      if (label?.isFounding) return { kind: 'setup' };
      if (label) return { kind: 'locked', ...label };
      return { kind: (await client.describeServer()).organizationId === null ? 'setup' : 'none' };
    },
    /** Whether this is a full device of an owner, by the membership chain. */
    async isOwner(): Promise<boolean> {
      const { kind, memberId } = client.aerie.keyring;
      return kind === 'full' && (await client.aerie.local.membership()).members.get(memberId)?.record.role === 'owner';
    },
    /** Asks whether the server is there. */
    async reach(): Promise<void> {
      await client.describeServer();
    },
    /** Ends the log-in of this device at the server. */
    signOut: (): Promise<void> => client.signOut(),
    unlock: (passphrase: string): Promise<void> => client.unlock(passphrase),
    /** Removes every key and every trace of uploads from this browser; the server keeps what it acknowledged. */
    forget: (): Promise<void> => client.forget(),

    /**
     * Makes this browser a device with a recovery kit.
     * @param options.kit its text, or the account key in it
     * @param options.isProposed the name is nobody's choice: one that is taken gets a number
     * @throws Problem `kit.malformed`, `recovery.unknown`, `device.name_taken`, `trust.*`
     */
    async recover({ kit, device, isProposed, passphrase }: Recovery): Promise<void> {
      const { keyring, label } = await recover({ server: client.server, kit, deviceLabel: device, isProposed });
      await settle(keyring, passphrase, label);
    },

    /** Offers this browser as a new device. @throws Problem `pairing.malformed`, `pairing.conflict`, `pairing.too_many` */
    async offer({ code, device, kind }: Offer): Promise<{ code: string; checkNumber: string }> {
      const agreed = code ?? newPairingCode();
      const pairing = await Pairing.offer({ server: client.server, code: agreed, label: device, kind });
      waiting = { pairing, device, stop: new AbortController() };
      return { code: agreed, checkNumber: pairing.checkNumber };
    },
    /** Waits until the offer is approved, then keeps the keys. @throws Problem `pairing.unanswered`, `pairing.aborted`, `trust.*` */
    async answered(passphrase: string): Promise<void> {
      if (!waiting) throw new Refusal('pairing.aborted', 'This browser has not offered itself');
      const { pairing, device, stop } = waiting;
      const keyring = await pairing.answered({ signal: stop.signal });
      waiting = undefined;
      await settle(keyring, passphrase, device);
    },
    withdraw(): void {
      waiting?.stop.abort();
      waiting = undefined;
    },
  };
}
