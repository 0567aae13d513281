import { adminRoutes } from './admin.js';
import { identityRoutes } from './identity.js';
import { membershipRoutes } from './membership.js';
import { mediaRoutes, previewRoutes } from './media.js';
import { pairingRoutes } from './pairings.js';
import { projectRoutes } from './projects.js';
import { uploadRoutes } from './uploads.js';

/** The whole API, which is also the authorization table: a route that is not here does not exist. */
export const routes = {
  ...membershipRoutes,
  ...identityRoutes,
  ...pairingRoutes,
  ...projectRoutes,
  ...uploadRoutes,
  ...mediaRoutes,
  ...previewRoutes,
  ...adminRoutes,
} as const;
export type RouteName = keyof typeof routes;
