import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { leaveOut } from '../../../test/support/left-out.js';
import { openLog } from './pino-logger.js';

/** Linux has a device on which every write finds the disk full. */
const full = '/dev/full';
const hasFullDevice = existsSync(full);
if (!hasFullDevice) leaveOut('a log on a full disk', 'run on Linux, which has /dev/full');

describe('The log', () => {
  (hasFullDevice ? it : it.skip)('loses lines on a full disk, and ends nothing', async () => {
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
