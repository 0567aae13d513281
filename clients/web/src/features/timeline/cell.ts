/** One media as the grid knows it: small, because there may be a hundred thousand. */
import type { Explanation, Media } from '@aerie/sdk';

export interface Cell {
  readonly mediaId: string;
  /** Null where it is not verified: then nothing of it was opened. */
  readonly name: string | null;
  /** The folders it lay in, with `/` at the end; empty where there were none. */
  readonly folder: string;
  /** Paths that the same content was found under besides. */
  readonly aliases?: readonly string[];
  readonly mime: string | null;
  /** Of plaintext. */
  readonly bytes: number;
  /** Local time in milliseconds, counted as if it were UTC: cameras state no zone. */
  readonly atMs: number;
  readonly atSource: 'capture' | 'modified' | 'committed';
  readonly hasThumb: boolean;
  readonly rendering: Media['rendering'];
  /** The server found that it is damaged or lost there. */
  readonly isDamaged?: true;
  /** Why it is not verified. */
  readonly problem?: Explanation;
}

export type Kind = 'photo' | 'video' | 'other';
export const kinds: readonly Kind[] = ['photo', 'video', 'other'];

export function kindOf(mime: string | null): Kind {
  if (mime?.startsWith('image/')) return 'photo';
  return mime?.startsWith('video/') ? 'video' : 'other';
}

/** When it was taken: by the camera, else by the file system, else when the server took it. */
export function cellOf(media: Media): Cell {
  const { mediaId, name, path, aliases, mime, bytes, previews, rendering, damagedAt, problem } = media;
  const folder = path?.slice(0, path.length - (name?.length ?? 0)) ?? '';
  const rest = { mediaId, name, folder, mime, bytes: bytes ?? 0, hasThumb: previews.includes('thumb'), rendering };
  return {
    ...rest,
    ...takenAt(media),
    ...(aliases.length > 0 && { aliases }),
    ...(damagedAt !== null && { isDamaged: true as const }),
    ...(problem && { problem }),
  };
}

function takenAt({ capturedAt, modifiedAt, committedAt }: Media): Pick<Cell, 'atMs' | 'atSource'> {
  const capturedMs = capturedAt === null ? Number.NaN : Date.parse(`${capturedAt}Z`);
  if (!Number.isNaN(capturedMs)) return { atMs: capturedMs, atSource: 'capture' };
  const instant = new Date(modifiedAt ?? committedAt);
  const atMs = instant.getTime() - instant.getTimezoneOffset() * 60_000;
  return { atMs, atSource: modifiedAt === null ? 'committed' : 'modified' };
}

export interface Filter {
  readonly kind: Kind | 'all';
  /** Part of the name or of its folders, in any case. */
  readonly text: string;
}
export const noFilter: Filter = { kind: 'all', text: '' };

export function passes({ kind, text }: Filter): (cell: Cell) => boolean {
  const wanted = text.trim().toLowerCase();
  const isFound = (path: string) => path.toLowerCase().includes(wanted);
  return (cell) =>
    (kind === 'all' || kindOf(cell.mime) === kind) &&
    (wanted === '' || (cell.name !== null && [cell.folder + cell.name, ...(cell.aliases ?? [])].some(isFound)));
}
