/** A server of our own on the embedded profile, which serves the built web app, with its data below a folder. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../prepare.mjs';

const readyMsMax = 60_000;

export async function startWebServer(folder) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const setupToken = randomBytes(16).toString('hex');
  const env = {
    ...process.env,
    PORT: String(port),
    AERIE_DATA_DIR: join(folder, 'data'),
    AERIE_SETUP_TOKEN: setupToken,
    AERIE_LOG_FILE: join(folder, 'server.log'),
  };
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'close');
  for (const until = Date.now() + readyMsMax; !(await isReady(url)); await sleep(200)) {
    if (Date.now() > until || child.exitCode !== null) throw new Error('the server did not start');
  }
  return {
    url,
    setupToken,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const isReady = (url) =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}
