import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * The host of this worker of Jest (host.mjs), started when a test first asks for it. It lives outside of the tests, so
 * that it outlasts each file; environment.mjs hands it to them as `aerieHost`.
 */
class Host {
  #child;
  #waiting = new Map();
  #calls = 0;

  async call(call, args) {
    const child = (this.#child ??= this.#start());
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      child.send({ id, call, args });
    });
  }

  /** Processor time of all servers so far, in seconds. */
  async cost() {
    return this.#child ? this.call('cost') : 0;
  }

  #start() {
    const child = fork(fileURLToPath(new URL('host.mjs', import.meta.url)), {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (piece) => (words = (words + piece).slice(-4000)));
    child.on('message', ({ id, value, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(error));
      else resolve(value);
    });
    void once(child, 'exit').then(() => {
      this.#child = undefined;
      for (const { reject } of this.#waiting.values()) reject(new Error(`the host of servers ended:\n${words}`));
      this.#waiting.clear();
    });
    // The worker may end whenever its tests are through; the host then ends by itself.
    child.unref();
    child.channel.unref();
    child.stderr.unref();
    return child;
  }
}

export const host = new Host();
