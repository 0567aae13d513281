import { type EntityManager, In, IsNull, Not } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import type { ProjectGrant } from '../projects/project-access.js';
import { Blob } from './blob.entity.js';
import { Media } from './media.entity.js';
import type { NewMedia } from './new-media.js';

/** Replacements of replacements that are looked for: a store that loses one file this often has other troubles. */
const roundsMax = 8;

/** Those of the media that have damaged octets, and since when. */
export async function damagedAt(manager: EntityManager, mediaIds: readonly string[]): Promise<Map<string, Date>> {
  if (mediaIds.length === 0) return new Map();
  const blobs = await manager.find(Blob, {
    where: { mediaId: In([...mediaIds]), damagedAt: Not(IsNull()) },
    select: { mediaId: true, damagedAt: true },
    order: { damagedAt: 'DESC' },
  });
  return new Map(blobs.map((blob) => [blob.mediaId, blob.damagedAt!]));
}

/** By the id of a media, those that replace it, and those that replace these, in the order of their commits. */
export async function replacementsOf(
  manager: EntityManager,
  mediaIds: readonly string[],
): Promise<Map<string, Media[]>> {
  /** By the id of a media, those of the asked ones that lead to it. */
  let sought = new Map(mediaIds.map((id) => [id, new Set([id])]));
  const found = new Map<string, Media[]>();
  for (let round = 0; round < roundsMax && sought.size > 0; round++) {
    const rows = await manager.find(Media, { where: { replaces: In([...sought.keys()]) }, order: { position: 'ASC' } });
    const next = new Map<string, Set<string>>();
    for (const media of rows) {
      const asked = sought.get(media.replaces!)!;
      for (const id of asked) found.set(id, [...(found.get(id) ?? []), media]);
      next.set(media.id, asked);
    }
    sought = next;
  }
  return found;
}

/** @throws ApiError media.manifest_invalid where one replaces what is not in its project */
export async function requireReplaced(
  manager: EntityManager,
  { projectId }: ProjectGrant,
  added: readonly NewMedia[],
): Promise<void> {
  const replaced = [...new Set(added.flatMap(({ media }) => media.replaces ?? []))];
  if (replaced.length === 0) return;
  if ((await manager.countBy(Media, { id: In(replaced), projectId })) === replaced.length) return;
  throw new ApiError('media.manifest_invalid', { detail: 'it replaces a media that is not in its project' });
}
