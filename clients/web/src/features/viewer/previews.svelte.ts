/** Previews as addresses for `<img>`: the one that is looked at and its neighbors, so that the next one is there at once. */
import { engine } from '../../platform/engine/connect.js';
import { session } from '../../shell/session.svelte.js';

const keptMax = 7;

/** Least recently used first. */
const kept = new Map<string, Promise<string>>();

/** @throws Problem `picture.none` where there is none */
export function previewOf(mediaId: string): Promise<string> {
  const known = kept.get(mediaId);
  const url = known ?? fetched(mediaId);
  kept.delete(mediaId);
  kept.set(mediaId, url);
  // What failed is asked for again.
  url.catch(() => kept.get(mediaId) === url && kept.delete(mediaId));
  for (const [oldest] of kept) {
    if (kept.size <= keptMax) break;
    release(oldest);
  }
  return url;
}

async function fetched(mediaId: string): Promise<string> {
  const { octets, mime } = await engine().viewer.picture(mediaId, 'preview');
  return URL.createObjectURL(new Blob([octets as BlobPart], { type: mime }));
}

function release(mediaId: string): void {
  void kept.get(mediaId)?.then(URL.revokeObjectURL, () => {});
  kept.delete(mediaId);
}

$effect.root(() => {
  $effect(() => {
    if (session.state.kind !== 'open') for (const mediaId of [...kept.keys()]) release(mediaId);
  });
});
