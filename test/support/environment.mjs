import { appendFileSync, readFileSync } from 'node:fs';
import { TestEnvironment } from 'jest-environment-node';
import { host } from './hosts.mjs';
import { deadline } from './slowness.mjs';

/** What a test waits for ends first, and says what was missing. */
const outerFactor = 1.25;

/**
 * Scales the timeouts of tests and hooks, the default one included: what is written in a test is for an idle machine of
 * reference, and one that is slower is given more time. Ends a story with the first step that fails: the steps after it
 * stand on it, and each would wait out its deadline. Notes what every file costs in AERIE_COSTS_FILE, for test.mjs.
 */
export default class ScaledEnvironment extends TestEnvironment {
  /** Hooks run more than once, so what they said first is kept. */
  #written = new WeakMap();
  #file;
  #before = processorSeconds();
  #hostBefore = host.cost();
  #startedAt = performance.now();
  #isStory;
  #hasFailed = false;

  constructor(config, context) {
    super(config, context);
    this.#file = context.testPath;
    this.#isStory = /[\\/]test[\\/]stories[\\/]/.test(context.testPath);
    this.global.aerieHost = host;
  }

  handleTestEvent({ name, hook, test }, { testTimeout }) {
    if (name === 'test_done' && test.errors.length > 0) this.#hasFailed = true;
    if (name === 'test_start' && this.#isStory && this.#hasFailed) test.mode = 'skip';
    const limited = { hook_start: hook, test_fn_start: test }[name];
    if (!limited) return;
    const written = this.#written.get(limited) ?? limited.timeout ?? testTimeout;
    this.#written.set(limited, written);
    limited.timeout = Math.ceil(deadline(written) * outerFactor);
  }

  async teardown() {
    await super.teardown();
    if (!process.env.AERIE_COSTS_FILE) return;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const hosted = (await host.cost()) - (await this.#hostBefore);
    const cost = { file: this.#file, seconds, processorSeconds: processorSeconds() - this.#before + hosted };
    appendFileSync(process.env.AERIE_COSTS_FILE, `${JSON.stringify(cost)}\n`);
  }
}

/** Of this worker and of every process it started and saw the end of. Where the system keeps no count (not Linux), of itself. */
function processorSeconds() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return ticks / 100;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
}
