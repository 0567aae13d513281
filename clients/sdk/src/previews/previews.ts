import { Refusal } from '../errors.js';
import type { MediaLibrary } from '../media/library.js';
import type { VerifiedMedia } from '../media/verified-media.js';
import { sniffMime } from '../metadata/sniff-mime.js';

export type PictureSize = 'thumb' | 'preview';
export interface Picture {
  readonly bytes: Uint8Array;
  readonly mime: string;
}

const asPicture = (bytes: Uint8Array): Picture => ({ bytes, mime: sniffMime(bytes, '') });

export class Previews {
  constructor(readonly library: MediaLibrary) {}

  /** @throws Refusal `picture.none` where there is none, or none yet; TrustError, ContainerError */
  async read(mediaId: string, size: PictureSize): Promise<Picture> {
    let { media, reader } = await this.library.verified(mediaId);
    if (!media.blobs.has(size) && media.view.rendering === 'due') {
      this.library.forget(mediaId);
      ({ media, reader } = await this.library.verified(mediaId));
    }
    if (!media.blobs.has(size)) throw new Refusal('picture.none', whyNone(media));
    return asPicture(await reader.read(media, size));
  }

  /** Thumbnails of one gallery page in few requests; media without one, or with a damaged one, are left out. */
  async page(projectId: string, mediaIds: readonly string[]): Promise<Map<string, Picture>> {
    const holders = await Promise.all(mediaIds.map((mediaId) => this.library.thumbHolder(mediaId)));
    const here = holders.filter(({ manifest }) => manifest.projectId === projectId);
    const reader = await this.library.reader(projectId);
    const pictures = new Map<string, Picture>();
    for (const [mediaId, plain] of await reader.readMany(here, 'thumb')) {
      if (!(plain instanceof Error)) pictures.set(mediaId, asPicture(plain));
    }
    return pictures;
  }
}

function whyNone({ view }: VerifiedMedia): string {
  if (view.rendering === 'due') return 'The renderer has not made the pictures of this media yet';
  if (view.rendering === 'failed') return 'The renderer could not make pictures of this media';
  return 'No picture was made of this media';
}
