/** Light, dark, or as the system has it. Not a secret, so it may stay in localStorage. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageKey = 'aerie.theme';

class CurrentTheme {
  #name: Theme = $state(themes.find((one) => one === localStorage.getItem(storageKey)) ?? 'system');

  get name(): Theme {
    return this.#name;
  }

  choose(name: Theme): void {
    this.#name = name;
    localStorage.setItem(storageKey, name);
    this.apply();
  }

  apply(): void {
    document.documentElement.dataset.theme = this.#name;
  }
}
export const theme = new CurrentTheme();
