import { TestEnvironment } from 'jest-environment-node';
import { deadline } from './slowness.mjs';

/**
 * Scales the timeouts of tests and hooks, the default one included: what is written in a test is for an idle machine of
 * reference, and one that is slower is given more time.
 */
export default class ScaledEnvironment extends TestEnvironment {
  /** Hooks run more than once, so what they said first is kept. */
  #written = new WeakMap();

  handleTestEvent({ name, hook, test }, { testTimeout }) {
    const limited = { hook_start: hook, test_fn_start: test }[name];
    if (!limited) return;
    const written = this.#written.get(limited) ?? limited.timeout ?? testTimeout;
    this.#written.set(limited, written);
    limited.timeout = deadline(written);
  }
}
