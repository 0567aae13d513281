import { appendFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/** Where most of what may be missing comes from. */
const parts = 'set what `infra/dev/parts.sh env` prints, after `infra/dev/parts.sh install` and `start`';

/**
 * Names a part of this file that this machine cannot run, for the closing lines of `npm test`. What is skipped without
 * being named here is a failure.
 * @param how what to do to have it run; by default, to start the parts
 * @throws Error with AERIE_REQUIRE_ALL=1, where nothing may be left out.
 */
export function leaveOut(part: string, how: string = parts): void {
  if (process.env.AERIE_REQUIRE_ALL === '1') throw new Error(`AERIE_REQUIRE_ALL is set, but this is missing: ${part}`);
  const file = expect.getState().testPath;
  if (process.env.AERIE_LEFT_OUT_FILE)
    appendFileSync(process.env.AERIE_LEFT_OUT_FILE, `${JSON.stringify({ part, how, file })}\n`);
  else console.log(`Left out: ${part}. To have it: ${how}`);
}
