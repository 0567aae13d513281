import type { Remote } from 'comlink';
import type { Pull } from '../../platform/engine/pull.js';
import { engine } from '../../platform/engine/connect.js';

/** What is decoded into memory to be looked at; larger ones are looked at as their preview, or downloaded. */
export const originalBytesMax = 256 * 1000 * 1000;

/**
 * An original as the address of a blob, to be given back with `URL.revokeObjectURL`. Not before its last octet was checked.
 * @param mime one that the viewer shows as a picture
 * @throws Problem; the reason of `signal`
 */
export async function originalOf(
  mediaId: string,
  mime: string,
  signal: AbortSignal,
  onProgress: (bytesDone: number) => void,
): Promise<string> {
  const transfer: Remote<Pull> = await engine().viewer.original(mediaId);
  const pieces: BlobPart[] = [];
  let bytesDone = 0;
  for (let piece = await transfer.next(); piece; piece = await transfer.next()) {
    if (signal.aborted) {
      void transfer.stop();
      throw signal.reason;
    }
    pieces.push(piece as BlobPart);
    onProgress((bytesDone += piece.length));
  }
  return URL.createObjectURL(new Blob(pieces, { type: mime }));
}
