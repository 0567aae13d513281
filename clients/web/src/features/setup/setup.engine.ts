import {
  beginFounding,
  finishFounding,
  isGroupOfKit,
  misreadGroup,
  sendFounding,
  tryRecoveryKit,
  wasRefused,
  type Founding,
} from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

export interface FoundingForm {
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
  /** In memory alone once the organization is founded, until it is confirmed. */
  let kit: string | undefined;

  async function confirmed(): Promise<null> {
    await (await client.vault).relabel({ isKitConfirmed: true });
    kit = undefined;
    return null;
  }

  /** What an earlier attempt left here is finished; otherwise everything is made, and kept before it is sent. */
  async function begun({ passphrase, deviceLabel, ...names }: FoundingForm): Promise<[Founding, isNew: boolean]> {
    const vault = await client.vault;
    if ((await vault.label())?.isFounding) return [await vault.unlockFounding(passphrase), false];
    const founding = await beginFounding({ server: client.server, deviceLabel, ...names });
    const label = { organization: names.organization, device: deviceLabel, isKitConfirmed: false } as const;
    await vault.keep(founding, passphrase, { ...label, isFounding: true });
    return [founding, true];
  }

  /** Which group of the account key is asked for. Drawn once: asking again must not wear the question down. */
  const group = 1 + (crypto.getRandomValues(new Uint8Array(1))[0]! % 6);

  return {
    /** Which group of the account key proves that the kit is at hand; null where only all of it can, after a reload. */
    askedGroup: (): number | null => (kit === undefined ? null : group),

    /** Founds the organization with keys made here. @returns the text of the recovery kit, to print and never to store */
    async found(form: FoundingForm): Promise<string> {
      const { server } = client;
      const { setupToken, passphrase, deviceLabel: device } = form;
      const [founding, isNew] = await begun(form);
      await sendFounding(founding, { server, setupToken }).catch(async (error: unknown) => {
        // Of an earlier attempt that is not known: its keys and its kit may be all there is.
        if (isNew && wasRefused(error)) await (await client.vault).forget();
        throw error;
      });
      const keyring = await finishFounding(founding, { server });
      const { organization } = founding;
      await client.adopt(keyring, passphrase, { organization, device, isKitConfirmed: false });
      kit = founding.kit;
      return kit;
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
