/** Every page: its path, and what the menu calls it. A new page is one entry here and a folder of its own. */
import type { Component } from 'svelte';
import CheckPage from './checks/CheckPage.svelte';
import ApprovePage from './devices/ApprovePage.svelte';
import DevicesPage from './devices/DevicesPage.svelte';
import { devicesTexts } from './devices/devices-texts.js';
import EnrolPage from './devices/EnrolPage.svelte';
import ExportPage from './exports/ExportPage.svelte';
import KeyPage from './key/KeyPage.svelte';
import ProjectsPage from './projects/ProjectsPage.svelte';
import { projectsTexts } from './projects/projects-texts.js';
import { match } from './router/router.svelte.js';
import ServerPage from './server/ServerPage.svelte';
import { serverTexts } from './server/server-texts.js';
import LostPage from './session/LostPage.svelte';
import type { Right } from './session/rights.svelte.js';
import SessionsPage from './sessions/SessionsPage.svelte';
import { sessionsTexts } from './sessions/sessions-texts.js';
import SharePage from './share/SharePage.svelte';
import TimelinePage from './timeline/TimelinePage.svelte';
import TrustPage from './trust/TrustPage.svelte';
import { trustTexts } from './trust/trust-texts.js';
import type { IconName } from './ui/Icon.svelte';
import UploadsPage from './uploads/UploadsPage.svelte';
import ViewerPage from './viewer/ViewerPage.svelte';

export interface Page {
  /** With `:names`, handed to the component as properties. */
  readonly path: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each page names its own properties
  readonly component: Component<any>;
  /** `for`: who sees it there; everybody, unless it says. */
  readonly menu?: { readonly text: () => string; readonly icon: IconName; readonly for?: Right };
  /** Fills the window, without the menu beside it. */
  readonly whole?: boolean;
  /** Made anew only when this value changes; takes the others as they come. Otherwise with every path. */
  readonly remadeBy?: string;
}

export const pages: readonly Page[] = [
  { path: '/projects', component: ProjectsPage, menu: { text: () => projectsTexts.projects, icon: 'folder' } },
  { path: '/projects/:projectId', component: TimelinePage },
  { path: '/projects/:projectId/uploads', component: UploadsPage },
  { path: '/projects/:projectId/check', component: CheckPage },
  { path: '/projects/:projectId/export', component: ExportPage },
  { path: '/projects/:projectId/media/:mediaId', component: ViewerPage, whole: true, remadeBy: 'projectId' },
  {
    path: '/devices',
    component: DevicesPage,
    menu: { text: () => devicesTexts.devices, icon: 'device', for: 'reader' },
  },
  { path: '/devices/approve', component: ApprovePage },
  { path: '/devices/enrol', component: EnrolPage },
  { path: '/key', component: KeyPage },
  { path: '/share', component: SharePage },
  {
    path: '/sessions',
    component: SessionsPage,
    menu: { text: () => sessionsTexts.sessions, icon: 'key', for: 'reader' },
  },
  { path: '/server', component: ServerPage, menu: { text: () => serverTexts.server, icon: 'server', for: 'owner' } },
  { path: '/what-the-server-sees', component: TrustPage, menu: { text: () => trustTexts.menu, icon: 'eye' } },
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
