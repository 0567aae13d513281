/**
 * The renderer: makes thumbnails and previews for projects whose owners have signed it in, from the low-resolution
 * pictures that clients supply for it. A client like any other: it trusts signatures, not the server.
 */
import { Aerie, explain, learned } from '@aerie/sdk';
import { changeKeyringFile } from '@aerie/sdk/node';
import { enroll, keyringFile } from './enroll.js';
import { log } from './log.js';
import { Pause } from './pause.js';
import { readSettings, SettingsError } from './settings.js';
import { work } from './work.js';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

/** A task that was begun may be finished, but not waited for: what it is for may be gone as well. */
const graceMs = 10_000;
// Started with a channel (`npm start`): when that closes, the process that started this one is gone.
const endWithParent = () => {
  stop.abort();
  setTimeout(() => process.exit(1), graceMs).unref();
};
if (process.connected === false) endWithParent();
process.once('disconnect', endWithParent);
process.channel?.unref();

try {
  await main();
} catch (error) {
  if (error instanceof SettingsError) console.error(`The renderer cannot start: ${error.message}`);
  else log('ended', { code: explain(error).code });
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const pause = new Pause(stop.signal);
  const keyring = await enroll(settings, pause);
  if (!keyring) return;
  const { home, passphrase } = settings;
  const aerie = await Aerie.open(keyring, {
    onKeyringChanged: (changed) =>
      changeKeyringFile(keyringFile(home), passphrase, (stored) => learned(changed, stored)),
  });
  log('enrolled', { deviceId: keyring.deviceId });
  pause.reset();
  try {
    await work(aerie, pause);
  } finally {
    await aerie.close().catch(() => undefined);
    log('stopped');
  }
}
