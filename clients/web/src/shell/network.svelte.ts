/** Whether the server can be reached, as the page knows it at once: the engine tries for up to a minute before it gives up. */
import { engine } from '../platform/engine/connect.js';
import { onReach } from '../platform/network/reach.js';

const askAgainMs = 5_000;

class Network {
  isLost = $state(!navigator.onLine);
  #asking: ReturnType<typeof setInterval> | undefined;

  /** Call once. */
  watch(): void {
    onReach((isReached) => this.#tell(!isReached));
    addEventListener('offline', () => this.#tell(true));
    addEventListener('online', () => this.#ask());
    this.#tell(this.isLost);
  }

  /** While it is lost the server is asked for, so that the banner goes as soon as it can. */
  #tell(isLost: boolean): void {
    this.isLost = isLost;
    clearInterval(this.#asking);
    if (isLost) this.#asking = setInterval(() => this.#ask(), askAgainMs);
  }

  #ask(): void {
    // The channel tells of changes only: a browser that was offline between two requests has seen none.
    void engine()
      .access.reach()
      .then(
        () => this.#tell(false),
        () => {},
      );
  }
}

export const network = new Network();
