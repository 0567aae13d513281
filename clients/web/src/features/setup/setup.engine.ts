import {
  explain,
  foundOrganization,
  isGroupOfKit,
  misreadGroup,
  recover,
  tryRecoveryKit,
  type Keyring,
} from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

export interface Founding {
  readonly setupToken: string;
  readonly organization: string;
  readonly memberName: string;
  readonly deviceLabel: string;
  readonly passphrase: string;
}

declare module '../../platform/engine/engines.js' {
  interface Engines {
    setup: ReturnType<typeof setupEngine>;
  }
}

export default function setupEngine(client: Client) {
  /** In memory alone, from before anything is sent until it is confirmed. */
  let kit: string | undefined;

  async function confirmed(): Promise<null> {
    const vault = await client.vault;
    await vault.relabel({ ...(await vault.label())!, isKitConfirmed: true });
    kit = undefined;
    return null;
  }

  async function foundOnce({ setupToken, organization, memberName, deviceLabel }: Founding): Promise<Keyring> {
    const { server } = client;
    const earlier = kit;
    try {
      const keepKit = async (text: string): Promise<void> => void (kit = text);
      return (await foundOrganization({ server, setupToken, organization, memberName, deviceLabel, keepKit })).keyring;
    } catch (error) {
      // An attempt before this one may have reached the server without us hearing of it: then its kit is the one.
      if (explain(error).code !== 'setup.already_done' || earlier === undefined) throw error;
      kit = earlier;
      return recover({ server, kit: earlier, deviceLabel });
    }
  }

  /** Which group of the account key is asked for. Drawn once: asking again must not wear the question down. */
  const group = 1 + (crypto.getRandomValues(new Uint8Array(1))[0]! % 6);

  return {
    /** Which group of the account key proves that the kit is at hand; null where only all of it can, after a reload. */
    askedGroup: (): number | null => (kit === undefined ? null : group),

    /** Founds the organization with keys made here. @returns the text of the recovery kit, to print and never to store */
    async found(founding: Founding): Promise<string> {
      const { organization, deviceLabel: device, passphrase } = founding;
      const keyring = await foundOnce(founding);
      await client.adopt(keyring, passphrase, { organization, device, isKitConfirmed: false });
      return kit!;
    },

    /**
     * Checks what was typed from the kit: the group that was asked for or the whole account key against the kit while it
     * is in memory, and otherwise the whole key against the backup.
     * @returns null when it is right, and from then on uploads may begin; otherwise the first wrong group, from 1
     * @throws Problem `kit.malformed`, `recovery.unknown`
     */
    async confirmKit(typed: string): Promise<number | null> {
      if (kit !== undefined && (await isGroupOfKit(kit, group, typed))) return confirmed();
      const isOneGroup = typed.replace(/[\s-]/g, '').length <= 5;
      const wrong = kit === undefined ? null : isOneGroup ? group : await misreadGroup(kit, typed);
      if (wrong !== null) return wrong;
      if (kit === undefined) await tryRecoveryKit(client.aerie.keyring, typed);
      return confirmed();
    },
  };
}
