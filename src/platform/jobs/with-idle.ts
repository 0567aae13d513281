import { definedJobs } from './define-job.js';
import type { OutboxReport } from './outbox.service.js';

/** Every kind that this program knows, also where nothing of it is open; and those of a newer version beside it. */
export function withIdle(kinds: OutboxReport['kinds']): OutboxReport['kinds'] {
  const idle = [...definedJobs.keys()]
    .filter((kind) => !kinds.some((row) => row.kind === kind))
    .map((kind) => ({ kind, due: 0, running: 0, later: 0, givenUp: 0, stuck: 0, oldestDueAt: null }));
  return [...kinds, ...idle].sort((a, b) => (a.kind < b.kind ? -1 : 1));
}
