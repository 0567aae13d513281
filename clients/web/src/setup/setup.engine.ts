import { found } from '@aerie/sdk';
import type { Client } from '../engine/client.js';

export interface Founding {
  readonly setupToken: string;
  readonly organisation: string;
  readonly memberName: string;
  readonly deviceLabel: string;
  readonly passphrase: string;
}

export function setupEngine(client: Client) {
  return {
    /** Founds the organisation with keys made here. @returns the text of the recovery kit, to print and never to store */
    async found({ setupToken, organisation, memberName, deviceLabel, passphrase }: Founding): Promise<string> {
      const { server } = client;
      const { keyring, kit } = await found({ server, setupToken, organisation, memberName, deviceLabel });
      await client.adopt(keyring, passphrase, { organisation, device: deviceLabel });
      return kit;
    },
  };
}
