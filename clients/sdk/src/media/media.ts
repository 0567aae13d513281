import type { AliasContent, CaptureFacts, MediaMeta, MediaView } from '@aerie/protocol';
import type { Explanation } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { BlobReader } from './blob-reader.js';
import type { VerifiedMedia } from './verified-media.js';

export interface Media {
  readonly mediaId: string;
  readonly projectId: string;
  readonly verified: boolean;
  /** Why it is not verified. */
  readonly problem?: Explanation;
  /** This and what follows are null where not verified: nothing of such a media is opened. */
  readonly name: string | null;
  /** Its folders and its name, with `/` between, as its uploader had them: to be shown and written with care. */
  readonly path: string | null;
  /** Paths that the same content was found under besides: its file is stored once. */
  readonly aliases: readonly string[];
  /** Of plaintext. */
  readonly bytes: number | null;
  readonly mime: string | null;
  /** Of the plaintext, in hex as `sha256sum` prints it. */
  readonly sha256: string | null;
  /** Local time of the camera, as it states it. */
  readonly capturedAt: string | null;
  readonly capture: CaptureFacts | null;
  readonly modifiedAt: string | null;
  readonly uploader: {
    readonly memberId: string;
    readonly member: string;
    readonly deviceId: string;
    readonly device: string;
  } | null;
  readonly previews: readonly ('thumb' | 'preview')[];
  readonly rendering: MediaView['rendering'];
  readonly committedAt: string;
  /** When the server found that it is damaged or lost: add the file once more. Null where it is whole, as far as it knows. */
  readonly damagedAt: string | null;
  readonly receipt: string;
}

export const pathOf = ({ folder, name }: Pick<MediaMeta, 'folder' | 'name'>): string =>
  folder === '' ? name : `${folder}/${name}`;

/** A verified media with its opened description, and the reader that opens the rest. */
export interface OpenedMedia {
  readonly media: VerifiedMedia;
  readonly meta: MediaMeta;
  /** The further names that opened. */
  readonly aliases: readonly AliasContent[];
  readonly reader: BlobReader;
}

/** By when they were committed. */
export type MediaOrder = 'oldest' | 'newest';

export interface ListedMedia {
  readonly listed: Media;
  /** Null where it is not verified. */
  readonly opened: OpenedMedia | null;
}

/** What checking and exporting need of the library. */
export interface MediaSource {
  readonly local: LocalDevice;
  pages(projectId: string): AsyncGenerator<ListedMedia[]>;
  inspect(mediaId: string): Promise<ListedMedia>;
  /** The whole original, every octet checked. */
  whole(opened: OpenedMedia): AsyncGenerator<Uint8Array>;
}
