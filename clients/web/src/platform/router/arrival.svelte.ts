/**
 * What stood behind the # when a link opened this page: a set-up token or a pairing code. Secret, so it leaves the
 * address bar and the history at once; the page it is for takes it from here, however long unlocking may take.
 */
class Arrival {
  #secret = $state('');
  #paths: readonly string[] = [];

  /** Empty where the link brought none. */
  get secret(): string {
    return this.#secret;
  }

  /** It is good for one use. */
  forget(): void {
    this.#secret = '';
  }

  /** Call once, before anything is shown. @param paths whose # holds a secret */
  watch(paths: readonly string[]): void {
    this.#paths = paths;
    this.#look();
    addEventListener('hashchange', () => this.#look());
  }

  #look(): void {
    if (!location.hash || !this.#paths.includes(location.pathname)) return;
    this.#secret = location.hash.slice(1);
    history.replaceState(history.state, '', location.pathname);
  }
}
export const arrival = new Arrival();
