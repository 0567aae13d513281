/** The features of this build, in the order of features.ts. Complete before anything is shown. */
import { match } from '../platform/router/router.svelte.js';
import type { Entry, Feature, Link, Offers, Page } from './feature.js';
import LostPage from './LostPage.svelte';
import type { SessionState } from './session.svelte.js';

const features: Feature[] = [];
const lost: Page = { path: '', component: LostPage };

export function register(feature: Feature): void {
  features.push(feature);
}

export const allFeatures = (): readonly Feature[] => features;
export const allPages = (): readonly Page[] => features.flatMap(({ pages = [] }) => pages);
export const linksAt = (at: Link['at']): readonly Link[] =>
  features.flatMap(({ links = [] }) => links).filter((link) => link.at === at);

/** What another feature does for the one that asks; undefined where this build has none that does. */
export const offer = <Name extends keyof Offers>(name: Name): Offers[Name] | undefined =>
  features.find(({ offers }) => offers?.[name])?.offers?.[name];

/** Files of all features that would stand still if the keys left memory now. */
export const unfinishedFiles = (): number => features.reduce((sum, { unfinished }) => sum + (unfinished?.() ?? 0), 0);

/** The first that wants to stand before everything else. */
export const entryFor = (state: SessionState, path: string): Entry | undefined =>
  features.flatMap(({ entries = [] }) => entries).find((entry) => entry.isWanted(state, path));

/** The page at a path, with the values of its `:names`. */
export function pageAt(path: string): Page & { readonly values: Record<string, string> } {
  const wanted = path === '/' ? '/projects' : path;
  for (const page of allPages()) {
    const values = match(page.path, wanted);
    if (values) return { ...page, values };
  }
  return { ...lost, values: {} };
}

/** For a link to the page of another feature: undefined where this build has no such page. */
export const pathTo = (path: string): string | undefined =>
  allPages().some((page) => match(page.path, path)) ? path : undefined;
