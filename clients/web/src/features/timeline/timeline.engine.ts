import { transfer } from 'comlink';
import type { Client } from '../../platform/engine/client.js';
import { cellOf, type Cell } from './cell.js';

export interface Thumb {
  readonly mediaId: string;
  readonly octets: Uint8Array;
  readonly mime: string;
}

/** What the page shows as a picture. Anything else that calls itself a thumbnail is not one. */
const pictureMimes = ['image/jpeg', 'image/png', 'image/webp'];

declare module '../../platform/engine/engines.js' {
  interface Engines {
    timeline: ReturnType<typeof timelineEngine>;
  }
}

export default function timelineEngine(client: Client) {
  return {
    /**
     * Reads and verifies the media of a project, newest first, and hands them over page by page.
     * @param onCells waited for; answers false to stop
     */
    async read(projectId: string, onCells: (cells: Cell[]) => Promise<boolean>): Promise<void> {
      for await (const page of client.aerie.media.pages(projectId, { order: 'newest' }))
        if (!(await onCells(page.map(({ listed }) => cellOf(listed))))) return;
    },

    /** Thumbnails in few requests; media without one, or with a damaged one, are left out. */
    async thumbs(projectId: string, mediaIds: readonly string[]): Promise<Thumb[]> {
      const pictures = await client.aerie.previews.page(projectId, mediaIds);
      const thumbs = [...pictures]
        .filter(([, { mime }]) => pictureMimes.includes(mime))
        // A copy of its own: what crosses takes its whole buffer along.
        .map(([mediaId, { bytes, mime }]) => ({ mediaId, octets: bytes.slice(), mime }));
      return transfer(
        thumbs,
        thumbs.map(({ octets }) => octets.buffer),
      );
    },
  };
}
