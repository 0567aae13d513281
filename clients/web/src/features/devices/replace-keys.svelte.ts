import { proxy } from 'comlink';
import { engine } from '../../platform/engine/connect.js';

/** Replacing the keys that a revoked device still has, as a page shows it. */
export class KeyReplacement {
  /** The key that is being replaced, from 1, and how many there are; null while none is. */
  step: { readonly at: number; readonly of: number } | null = $state.raw(null);

  /** @throws Problem: what was replaced stays so, and it can be called again */
  async run(): Promise<void> {
    const onProgress = (done: number, of: number): void => void (this.step = { at: done + 1, of });
    try {
      await engine().devices.replaceKeys(proxy(onProgress));
    } finally {
      this.step = null;
    }
  }
}
