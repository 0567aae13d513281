import type { Aerie, Newcomer } from '@aerie/sdk';
import type { Output } from './command.js';
import { formatTime, visible } from './format.js';

/**
 * Tells on standard error, once each, of devices of this member that were not approved here: with the recovery kit
 * anybody can add one. Asks the server nothing; what the command has seen on its way is enough.
 */
export async function announceNewcomers(output: Output, aerie: Aerie): Promise<void> {
  const fresh = (await aerie.devices.newcomers({ ask: false })).filter(({ wasAnnounced }) => !wasAnnounced);
  if (fresh.length === 0) return;
  for (const line of fresh.flatMap(linesOf)) output.note(line);
  await aerie.devices.note(
    fresh.map(({ deviceId }) => deviceId),
    'announced',
  );
}

function linesOf({ deviceId, label, kind, createdAt, revokedAt }: Newcomer): string[] {
  const since = revokedAt ? `, revoked ${formatTime(revokedAt)}` : '';
  return [
    `A new device of yours: "${visible(label)}" (${kind}), added ${formatTime(createdAt)}${since}`,
    revokedAt
      ? '  If that was not you, someone has your recovery kit or one of your devices.'
      : `  If that was not you, someone has your recovery kit or one of your devices. Revoke it:  aerie device revoke ${deviceId}`,
  ];
}
