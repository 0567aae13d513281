/** A damaged media and what was stored in its place: the server says what replaces what, and is believed only in what was signed. */
import type { Membership } from '@aerie/protocol';
import type { VerifiedProject } from '../projects/verified-project.js';
import { leaveOut, openAliases } from './aliases.js';
import type { OpenedMedia } from './media.js';
import { readMeta, verifyMedia } from './verified-media.js';

/**
 * The media to show instead of a damaged one; null where it is whole, or where nothing stands for it. What stands for it
 * says so in its signed manifest and has the SHA-256 that the damaged one stated: no other file can be put in its place.
 * @throws TrustError `trust.fork`, `trust.rollback` where it was signed by one who was shown another membership chain
 */
export async function replacementOf(
  damaged: OpenedMedia,
  project: VerifiedProject,
  membership: Membership,
): Promise<OpenedMedia | null> {
  const { view, manifest } = damaged.media;
  if (view.damagedAt === null) return null;
  const standsFor = new Set([manifest.mediaId]);
  for (const single of view.replacements) {
    const opened = await openReplacement({ ...single, replacements: [] }, damaged, project, membership).catch(leaveOut);
    if (!opened || !standsFor.has(opened.media.manifest.replaces ?? '')) continue;
    if (single.damagedAt === null) return opened;
    standsFor.add(single.mediaId);
  }
  return null;
}

async function openReplacement(
  view: OpenedMedia['media']['view'],
  { reader, meta: before, aliases: names }: OpenedMedia,
  project: VerifiedProject,
  membership: Membership,
): Promise<OpenedMedia | null> {
  const media = await verifyMedia(view, project, membership);
  const meta = await readMeta(await reader.read(media, 'meta'), media);
  if (meta.sha256 !== before.sha256) return null;
  const [aliases = []] = await openAliases([media.aliases], reader);
  return { media, meta, aliases: [...names, ...aliases], reader };
}
