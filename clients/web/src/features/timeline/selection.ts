/** Which media are chosen. Every change makes a new one. */
import type { Days } from './days.js';

export class Selection {
  constructor(
    readonly ids: ReadonlySet<string> = new Set(),
    /** Where a range begins: what was chosen last. */
    readonly anchor: string | null = null,
  ) {}

  toggle(mediaId: string): Selection {
    const ids = new Set(this.ids);
    if (!ids.delete(mediaId)) ids.add(mediaId);
    return new Selection(ids, mediaId);
  }

  /** Adds everything from the anchor to there, in either direction; without an anchor, that one. */
  extend(days: Days, mediaId: string): Selection {
    const to = days.indexOf(mediaId);
    const anchor = this.anchor === null ? -1 : days.indexOf(this.anchor);
    const from = anchor < 0 ? to : anchor;
    const ids = new Set(this.ids);
    for (const cell of days.cells(Math.min(from, to), Math.max(from, to) + 1)) ids.add(cell.mediaId);
    return new Selection(ids, this.anchor ?? mediaId);
  }

  /** Everything that is shown. */
  all(days: Days): Selection {
    return new Selection(new Set([...days.cells()].map(({ mediaId }) => mediaId)), this.anchor);
  }

  /** All of them, or none where all of them are chosen already. */
  toggleAll(mediaIds: readonly string[]): Selection {
    const ids = new Set(this.ids);
    const isWhole = mediaIds.every((mediaId) => ids.has(mediaId));
    for (const mediaId of mediaIds) {
      if (isWhole) ids.delete(mediaId);
      else ids.add(mediaId);
    }
    return new Selection(ids, mediaIds[0] ?? this.anchor);
  }
}
