import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { deadline } from '../support/deadline.js';

const run = promisify(execFile);
const primitives = resolve(fileURLToPath(import.meta.url), '../../../clients/sdk/dist/platform/node/primitives.js');

/** Each session key that is wrapped makes one key pair; so many are a few thousand files. */
const keys = 20_000;
const program = `
  const { primitives } = await import(${JSON.stringify(pathToFileURL(primitives).href)});
  const publicKey = new Uint8Array(32).fill(9);
  const send = await primitives.sender(publicKey);
  const seen = new Set();
  for (let i = 0; i < ${keys}; i++) seen.add(Buffer.from(send().ephemeral).toString('hex'));
  process.exitCode = seen.size === ${keys} ? 0 : 1;
`;
/** The collector runs as often as it can. */
const flags = ['--semi-space-growth-factor=1', '--max-semi-space-size=1', '--input-type=module'];

describe('Keys that are made for once', () => {
  it('are made by the thousand while the collector runs, which must not wait for a key that waits for it', async () => {
    const options = { timeout: deadline(40_000), killSignal: 'SIGKILL' } as const;
    await expect(run(process.execPath, [...flags, '--eval', program], options)).resolves.toMatchObject({ stderr: '' });
  }, 60_000);
});
