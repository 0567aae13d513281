/**
 * The engine: a dedicated worker, and the one room of the web app where keys and the SDK live. Each feature brings what
 * it needs done in here as `<feature>.engine.ts`; the page calls it through `engine` (connect.ts) and sees results only.
 */
import { expose } from 'comlink';
import { accessEngine } from '../access/access.engine.js';
import { projectsEngine } from '../projects/projects.engine.js';
import { setupEngine } from '../setup/setup.engine.js';
import { videoEngine } from '../video/video.engine.js';
import { Client } from './client.js';
import { carryProblems } from './problem.js';

const client = new Client();

const engine = {
  access: accessEngine(client),
  setup: setupEngine(client),
  projects: projectsEngine(client),
  video: videoEngine(client),
};
export type Engine = typeof engine;

carryProblems();
expose(engine);
