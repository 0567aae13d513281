/** Every page: its path, and what the menu calls it. A new page is one entry here and a folder of its own. */
import type { Component } from 'svelte';
import CheckPage from '../features/checks/CheckPage.svelte';
import ApprovePage from '../features/devices/ApprovePage.svelte';
import DevicesPage from '../features/devices/DevicesPage.svelte';
import { devicesTexts } from '../features/devices/devices-texts.js';
import EnrollPage from '../features/devices/EnrollPage.svelte';
import ExportPage from '../features/exports/ExportPage.svelte';
import KeyPage from '../features/key/KeyPage.svelte';
import ProjectsPage from '../features/projects/ProjectsPage.svelte';
import { projectsTexts } from '../features/projects/projects-texts.js';
import { match } from '../platform/router/router.svelte.js';
import ServerPage from '../features/server/ServerPage.svelte';
import { serverTexts } from '../features/server/server-texts.js';
import LostPage from './LostPage.svelte';
import type { Right } from './rights.svelte.js';
import SessionsPage from '../features/sessions/SessionsPage.svelte';
import { sessionsTexts } from '../features/sessions/sessions-texts.js';
import SharePage from '../features/share/SharePage.svelte';
import TimelinePage from '../features/timeline/TimelinePage.svelte';
import TrustPage from '../features/trust/TrustPage.svelte';
import { trustTexts } from '../features/trust/trust-texts.js';
import type { IconName } from '../platform/ui/Icon.svelte';
import UploadsPage from '../features/uploads/UploadsPage.svelte';
import ViewerPage from '../features/viewer/ViewerPage.svelte';

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
  { path: '/devices/enroll', component: EnrollPage },
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
