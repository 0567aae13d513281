import { identityRoutes } from './identity.js';
import { mediaRoutes, previewRoutes } from './media.js';
import { projectRoutes } from './projects.js';
import { uploadRoutes } from './uploads.js';

/** The whole API, which is also the authorisation table: a route that is not here does not exist. */
export const routes = {
  ...identityRoutes,
  ...projectRoutes,
  ...uploadRoutes,
  ...mediaRoutes,
  ...previewRoutes,
} as const;
export type RouteName = keyof typeof routes;
