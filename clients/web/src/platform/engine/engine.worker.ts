/**
 * The engine: a dedicated worker, and the one room of the web app where keys and the SDK live. Each feature brings what
 * it needs done in here as `<feature>.engine.ts`; the page calls it through `engine` (connect.ts) and sees results only.
 */
import { expose } from 'comlink';
import { accessEngine } from '../../features/access/access.engine.js';
import { checksEngine } from '../../features/checks/checks.engine.js';
import { devicesEngine } from '../../features/devices/devices.engine.js';
import { downloadsEngine } from '../../features/downloads/downloads.engine.js';
import { exportsEngine } from '../../features/exports/exports.engine.js';
import { keyEngine } from '../../features/key/key.engine.js';
import { projectsEngine } from '../../features/projects/projects.engine.js';
import { serverEngine } from '../../features/server/server.engine.js';
import { sessionsEngine } from '../../features/sessions/sessions.engine.js';
import { setupEngine } from '../../features/setup/setup.engine.js';
import { timelineEngine } from '../../features/timeline/timeline.engine.js';
import { trustEngine } from '../../features/trust/trust.engine.js';
import { uploadsEngine } from '../../features/uploads/uploads.engine.js';
import { videoEngine } from '../../features/video/video.engine.js';
import { viewerEngine } from '../../features/viewer/viewer.engine.js';
import { Client } from './client.js';
import { carryProblems } from './problem.js';

const client = new Client();

const engine = {
  access: accessEngine(client),
  setup: setupEngine(client),
  projects: projectsEngine(client),
  devices: devicesEngine(client),
  sessions: sessionsEngine(client),
  server: serverEngine(client),
  trust: trustEngine(client),
  uploads: uploadsEngine(client),
  video: videoEngine(client),
  timeline: timelineEngine(client),
  viewer: viewerEngine(client),
  downloads: downloadsEngine(client),
  checks: checksEngine(client),
  exports: exportsEngine(client),
  key: keyEngine(client),
};
export type Engine = typeof engine;

carryProblems();
expose(engine);
