import { newPairingCode, pairingSeconds, type Device, type Newcomer, type PairingOffer } from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

export interface Person {
  readonly memberId: string;
  readonly name: string;
  readonly role: 'owner' | 'member';
  readonly isYou: boolean;
  /** Those that are good first, then by age. */
  readonly devices: readonly Device[];
}
/** What an upload-only device may do. */
export interface UploadOnlyTerms {
  readonly projectId: string;
  readonly days: number;
}
export interface AgreedTerms extends UploadOnlyTerms {
  readonly projectName: string;
}

const isGood = ({ state }: Device): boolean => state === 'good';

declare module '../../platform/engine/engines.js' {
  interface Engines {
    devices: ReturnType<typeof devicesEngine>;
  }
}

export default function devicesEngine(client: Client) {
  let waiting: AbortController | undefined;
  return {
    async people(): Promise<Person[]> {
      const devices = await client.aerie.devices.list();
      const { members } = await client.aerie.local.membership();
      const own = client.aerie.keyring.memberId;
      devices.sort((a, b) => Number(isGood(b)) - Number(isGood(a)) || b.createdAt.localeCompare(a.createdAt));
      return [...members.values()].map(({ record: { memberId, name, role } }) => ({
        memberId,
        name,
        role,
        isYou: memberId === own,
        devices: devices.filter((device) => device.memberId === memberId),
      }));
    },
    async revoke(deviceId: string, reason: string): Promise<void> {
      await client.aerie.devices.revoke(deviceId, reason);
    },
    /** How many keys a revoked device still has that this browser can replace. */
    keysToReplace: async (): Promise<number> => (await client.aerie.devices.rotation()).length,
    /** Replaces them. Goes on where it was interrupted. @param onProgress keys that are replaced, and how many there are */
    async replaceKeys(onProgress: (done: number, of: number) => void): Promise<void> {
      await client.aerie.devices.rotate({ onProgress: ({ done, of }) => onProgress(done, of) });
    },
    /** @returns the name as it was signed. @throws Problem `device.name_taken` */
    async rename(deviceId: string, label: string): Promise<string> {
      const name = await client.aerie.devices.rename(deviceId, label);
      if (deviceId === client.aerie.keyring.deviceId) await client.relabel({ device: name });
      return name;
    },
    /** Devices of this person that were not approved here and that nobody has accepted here. */
    newcomers: (): Promise<Newcomer[]> => client.aerie.devices.newcomers({ ask: true }),
    accept: (deviceId: string): Promise<void> => client.aerie.devices.note([deviceId], 'known'),
    /** A code to show, and for how long a device waits under it. */
    newCode: (): { code: string; seconds: number } => ({ code: newPairingCode(), seconds: pairingSeconds }),
    /** Null where no device waits under the code. */
    offerUnder: (code: string): Promise<PairingOffer | null> => client.aerie.devices.readOffer(code),
    /** Waits for a device to offer itself; one wait at a time. Null when the code has run out. */
    awaitOffer(code: string): Promise<PairingOffer | null> {
      waiting?.abort();
      waiting = new AbortController();
      return client.aerie.devices.readOffer(code, { wait: true, signal: waiting.signal });
    },
    stopWaiting: (): void => waiting?.abort(),
    /** @param terms for an upload-only device, and only for one. @throws Problem `device.name_taken` */
    approve: (code: string, offer: PairingOffer, label: string, terms: UploadOnlyTerms | null): Promise<Device> =>
      client.aerie.devices.approve(code, offer, { ...terms, label }),
    /** The text of an enrollment file: secret. */
    async enrollByFile(label: string, terms: UploadOnlyTerms): Promise<string> {
      return `${JSON.stringify(await client.aerie.devices.enrollUploadOnly({ label, ...terms }), null, 2)}\n`;
    },
  };
}
