import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { openLog } from './pino-logger.js';

/** Linux has a device on which every write finds the disk full. */
const full = '/dev/full';
const itOnLinux = existsSync(full) ? it : it.skip;

describe('The log', () => {
  itOnLinux('loses lines on a full disk, and ends nothing', async () => {
    const faults: unknown[] = [];
    const note = (error: unknown) => faults.push(error);
    process.on('uncaughtException', note);
    const log = openLog('info', full);
    for (let line = 0; line < 5_000; line++) log.info({ line, text: 'x'.repeat(500) }, 'a line');
    await new Promise((done) => setImmediate(done));
    process.off('uncaughtException', note);
    expect(faults).toEqual([]);
  });
});
