import { appendFileSync } from 'node:fs';

/**
 * Names a part that this machine cannot run, for the closing lines of `npm test`.
 * @throws Error with AERIE_REQUIRE_ALL=1, where nothing may be left out.
 */
export function leaveOut(part: string): void {
  if (process.env.AERIE_REQUIRE_ALL === '1') throw new Error(`AERIE_REQUIRE_ALL is set, but this is missing: ${part}`);
  if (process.env.AERIE_LEFT_OUT_FILE) appendFileSync(process.env.AERIE_LEFT_OUT_FILE, `${part}\n`);
  else console.log(`Left out: ${part}`);
}
