/** The names of one member's devices, as the verified membership has them: what is taken, and what is free. */
import { deviceNameKey, type Membership } from '@aerie/protocol';
import { Refusal } from '../errors.js';
import type { LocalDevice } from './local-device.js';

/** Characters of a name before its number; a record takes 200. */
const numberedCharsMax = 190;

export class DeviceNames {
  readonly #taken: ReadonlyMap<string, string>;

  /** @param now the server's time: the name of a device that was revoked or has expired is free */
  constructor(membership: Membership, memberId: string, now: string) {
    const inUse = [...membership.devices.values()].filter(
      ({ record: { memberId: of, expiresAt }, revokedAt }) =>
        of === memberId && revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.parse(now)),
    );
    this.#taken = new Map(inUse.map(({ record, label }) => [deviceNameKey(label), record.deviceId]));
  }

  /**
   * The name as it is signed: without spaces around it, composed.
   * @param deviceId whose own name is none of another
   * @throws Refusal `device.name_taken`
   */
  require(label: string, deviceId?: string): string {
    const owner = this.#taken.get(deviceNameKey(label));
    if (owner === undefined || owner === deviceId) return tidy(label);
    throw new Refusal('device.name_taken', `Another device of yours is called "${tidy(label)}"`);
  }

  /** That name, or with the first number behind it that makes it free. */
  propose(label: string, deviceId?: string): string {
    const isFree = (name: string): boolean => [undefined, deviceId].includes(this.#taken.get(deviceNameKey(name)));
    const wanted = tidy(label);
    if (isFree(wanted)) return wanted;
    // Not half a character: the second half of one that UTF-16 writes in two may be cut off.
    const base = wanted.slice(0, numberedCharsMax).replace(/[\uD800-\uDBFF]$/, '');
    for (let number = 2; ; number++) if (isFree(`${base} ${number}`)) return `${base} ${number}`;
  }
}

const tidy = (label: string): string => label.trim().normalize('NFC');

/** The names of this device's member, by a membership of now. @throws TrustError */
export async function namesOf(local: LocalDevice): Promise<DeviceNames> {
  return new DeviceNames(await local.membership({ fresh: true }), local.keyring.memberId, await local.time());
}
