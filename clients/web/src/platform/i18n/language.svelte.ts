/** The languages of the app. Every text stands beside the page that shows it, in all of them; the types see to it. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const storageKey = 'aerie.language';
const isLanguage = (tag: string | null | undefined): tag is Language =>
  tag !== null && tag !== undefined && tag in languages;

function initial(): Language {
  const chosen = localStorage.getItem(storageKey);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

class CurrentLanguage {
  #tag: Language = $state(initial());

  get tag(): Language {
    return this.#tag;
  }

  choose(tag: Language): void {
    this.#tag = tag;
    localStorage.setItem(storageKey, tag);
    document.documentElement.lang = tag;
  }
}
export const language = new CurrentLanguage();

/** A text, or one that is made of values: plural forms and word order are the language's own. */
type Text = string | ((...values: never[]) => string);
type Texts<T> = {
  readonly [K in keyof T]: T[K] extends (...values: infer V) => string ? (...values: V) => string : string;
};

/** The texts of one page in the language of now. Reading one inside markup follows a change of language. */
export function texts<const T extends Record<string, Text>>(all: { readonly en: T; readonly de: Texts<T> }): Texts<T> {
  return new Proxy({} as Texts<T>, { get: (_, name) => all[language.tag][name as keyof T] });
}
