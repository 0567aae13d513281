/** What this browser may do, for pages to leave out what it may not. The server and the signatures decide; this is looks. */
import { engine } from '../platform/engine/connect.js';
import { session } from './session.svelte.js';

/** Each may do what those before it may. */
const ranks = ['uploader', 'reader', 'owner'] as const;
export type Right = (typeof ranks)[number];

class Rights {
  #isOwner = $state(false);

  /** Reads the role of this member from the membership; while there is no network, no member counts as an owner. */
  async refresh(): Promise<void> {
    this.#isOwner = await engine()
      .access.isOwner()
      .catch(() => false);
  }

  has(right: Right): boolean {
    const isFull = session.state.kind === 'open' && session.state.deviceKind === 'full';
    return ranks.indexOf(!isFull ? 'uploader' : this.#isOwner ? 'owner' : 'reader') >= ranks.indexOf(right);
  }
}

export const rights = new Rights();
