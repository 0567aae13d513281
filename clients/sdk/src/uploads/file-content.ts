/** What a file is known by, and under which names its content is stored. */
import { sha256, utf8, type MediaMeta } from '@aerie/protocol';
import { pathOf } from '../media/media.js';
import type { IngestItem } from './ingest-item.js';
import { nameOf } from './sealed-media.js';

/** Where a file lies, and what it is called there. */
export type FileName = Pick<MediaMeta, 'name' | 'folder'>;

export interface FileContent extends FileName {
  /** Of the plaintext. */
  readonly sha256: Uint8Array;
  /** 32 octets that are the same for the same file, and go to the server under a key only. */
  readonly identity: Uint8Array;
}

/** An empty file is known by its path: it has no content that two files could share. */
export async function contentOf(item: IngestItem): Promise<FileContent> {
  const { name, folder } = nameOf(item);
  const digest = await item.source.sha256();
  const identity = item.source.bytes > 0 ? digest : await sha256(utf8(`empty\0${pathOf({ name, folder })}`));
  return { name, folder, sha256: digest, identity };
}

export interface Stored {
  readonly mediaId: string;
  readonly receipt: string;
  /** SHA-256 of the manifest, base64. */
  readonly manifest: string;
  /** The names it is kept under, as far as this device knows; the one it was stored under first. */
  readonly names: readonly FileName[];
}

export const isNamed = ({ names }: Stored, { name, folder }: FileName): boolean =>
  names.some((one) => one.name === name && one.folder === folder);
