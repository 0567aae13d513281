/**
 * Every feature of the web app, in the order of the menu. Deleting one is its line here and its folder.
 * Core are access (the session is its answer), projects (the name of a project is asked there) and timeline (the list of
 * files that others step through): other features may use these three, and the app is nothing without them.
 */
import './features/setup/setup.feature.js';
import './features/access/access.feature.js';
import './features/projects/projects.feature.js';
import './features/timeline/timeline.feature.js';
import './features/viewer/viewer.feature.js';
import './features/video/video.feature.js';
import './features/downloads/downloads.feature.js';
import './features/uploads/uploads.feature.js';
import './features/share/share.feature.js';
import './features/checks/checks.feature.js';
import './features/exports/exports.feature.js';
import './features/devices/devices.feature.js';
import './features/key/key.feature.js';
import './features/sessions/sessions.feature.js';
import './features/server/server.feature.js';
import './features/trust/trust.feature.js';
