import type { Client } from '../engine/client.js';

/** `setup`: the server has no organisation. `none`: this browser is no device yet. */
export type AccessState =
  | { readonly kind: 'setup' }
  | { readonly kind: 'none' }
  | { readonly kind: 'locked'; readonly organisation: string; readonly device: string }
  | { readonly kind: 'open'; readonly organisation: string; readonly device: string; readonly deviceKind: 'full' | 'upload-only' | 'renderer' };

export function accessEngine(client: Client) {
  return {
    /** Answers without a network where this browser is a device already. */
    async state(): Promise<AccessState> {
      const label = await (await client.vault).label();
      if (label && client.isOpen) return { kind: 'open', ...label, deviceKind: client.aerie.keyring.kind };
      if (label) return { kind: 'locked', ...label };
      return { kind: (await client.describeServer()).organisationId === null ? 'setup' : 'none' };
    },
    unlock: (passphrase: string): Promise<void> => client.unlock(passphrase),
    /** Removes every key and every trace of uploads from this browser; the server keeps what it acknowledged. */
    forget: (): Promise<void> => client.forget(),
  };
}
