import { explain, foundOrganization, misreadGroup, recover, tryRecoveryKit, type Keyring } from '@aerie/sdk';
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

  return {
    /** Founds the organization with keys made here. @returns the text of the recovery kit, to print and never to store */
    async found(founding: Founding): Promise<string> {
      const { organization, deviceLabel: device, passphrase } = founding;
      const keyring = await foundOnce(founding);
      await client.adopt(keyring, passphrase, { organization, device, isKitConfirmed: false });
      return kit!;
    },

    /**
     * Checks an account key typed from the kit: against the kit while it is in memory, and otherwise against the backup.
     * @returns null when it is right, and from then on uploads may begin; otherwise the first wrong group, from 1
     * @throws Problem `kit.malformed`, `recovery.unknown`
     */
    async confirmKit(typed: string): Promise<number | null> {
      const wrong = kit === undefined ? null : await misreadGroup(kit, typed);
      if (wrong !== null) return wrong;
      if (kit === undefined) await tryRecoveryKit(client.aerie.keyring, typed);
      const vault = await client.vault;
      await vault.relabel({ ...(await vault.label())!, isKitConfirmed: true });
      kit = undefined;
      return null;
    },
  };
}
