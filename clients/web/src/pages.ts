/** Every page: its path, and what the menu calls it. A new page is one entry here and a folder of its own. */
import type { Component } from 'svelte';
import ProjectsPage from './projects/ProjectsPage.svelte';
import { projectsTexts } from './projects/projects-texts.js';
import { match } from './router/router.svelte.js';
import type { IconName } from './ui/Icon.svelte';
import LostPage from './session/LostPage.svelte';

export interface Page {
  /** With `:names`, handed to the component as properties. */
  readonly path: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each page names its own properties
  readonly component: Component<any>;
  readonly menu?: { readonly text: () => string; readonly icon: IconName };
  /** Fills the window, without the menu beside it. */
  readonly whole?: boolean;
}

export const pages: readonly Page[] = [
  { path: '/projects', component: ProjectsPage, menu: { text: () => projectsTexts.projects, icon: 'folder' } },
];

const lost: Page = { path: '', component: LostPage };

/** The page at a path, with the values of its `:names`. */
export function pageAt(path: string): Page & { readonly values: Record<string, string> } {
  const wanted = path === '/' ? '/projects' : path;
  for (const page of pages) {
    const values = match(page.path, wanted);
    if (values) return { ...page, values };
  }
  return { ...lost, values: {} };
}
