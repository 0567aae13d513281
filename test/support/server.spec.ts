import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, it } from '@jest/globals';
import { freePort, startProcess } from './server.js';

const stranger = createServer((_, response) => response.end('ok'));

afterEach(() => void stranger.close());

it('takes no stranger that listens on the port of a server for that server', async () => {
  const port = await freePort();
  await once(stranger.listen(port, '127.0.0.1'), 'listening');
  await expect(startProcess({ port })).rejects.toThrow(/ended at once[^]*in use/);
}, 60_000);
