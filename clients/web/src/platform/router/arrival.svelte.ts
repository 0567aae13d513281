/**
 * What stood behind the # when a link brought somebody here: a set-up token or a pairing code. Secret, so it leaves the
 * address bar and the history at once; the page it is for takes it from here, however long unlocking may take.
 */
const pathsWithSecrets: readonly string[] = ['/setup', '/join', '/devices/approve'];

class Arrival {
  #secret = $state('');

  /** Empty where the link brought none. */
  get secret(): string {
    return this.#secret;
  }

  /** It is good for one use. */
  forget(): void {
    this.#secret = '';
  }

  look(): void {
    if (!location.hash || !pathsWithSecrets.includes(location.pathname)) return;
    this.#secret = location.hash.slice(1);
    history.replaceState(history.state, '', location.pathname);
  }
}
export const arrival = new Arrival();

arrival.look();
addEventListener('hashchange', () => arrival.look());
