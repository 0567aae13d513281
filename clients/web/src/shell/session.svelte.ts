/** What this browser may do now, as the whole page sees it. */
import { endEngine, engine } from '../platform/engine/connect.js';
import type { AccessState } from '../platform/engine/access-state.js';

export type SessionState =
  AccessState | { readonly kind: 'starting' } | { readonly kind: 'unreachable'; readonly error: unknown };

/** After this long without a key press, a touch or a move of the pointer, the keys leave memory. */
const idleMsDefault = 15 * 60 * 1000;
const idleCheckMs = 5_000;
/** Without a network a log-in runs out by itself; the keys leave memory no later than this. */
const signOutMsMax = 2_000;

class Session {
  state: SessionState = $state.raw({ kind: 'starting' });
  /** While something must not be cut short (an upload), idling does not lock. */
  #busy = new Set<symbol>();
  #lastUsed = Date.now();

  async refresh(): Promise<void> {
    try {
      this.state = await engine().access.state();
    } catch (error) {
      this.state = { kind: 'unreachable', error };
    }
  }

  /** Takes the keys out of memory and ends the log-in at the server, which is not waited for long. */
  async lock(): Promise<void> {
    if (this.state.kind === 'open') this.state = { kind: 'starting' };
    const late = new Promise((resolve) => setTimeout(resolve, signOutMsMax));
    await Promise.race([engine().access.signOut(), late]).catch(() => {});
    endEngine();
    await this.refresh();
  }

  /** Until the answer is called, idling does not lock. */
  keepAwake(): () => void {
    const reason = Symbol();
    this.#busy.add(reason);
    return () => this.#busy.delete(reason);
  }

  /** Locks after idle time; call once. */
  watchIdle(idleMs: number = idleMsDefault): void {
    const used = () => (this.#lastUsed = Date.now());
    for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
      addEventListener(sign, used, { passive: true, capture: true });
    }
    setInterval(() => {
      if (this.#busy.size > 0) used();
      if (this.state.kind === 'open' && Date.now() - this.#lastUsed >= idleMs) void this.lock();
    }, idleCheckMs);
  }
}

export const session = new Session();
