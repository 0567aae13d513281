import { fromBase64 } from '@aerie/protocol';
import type { Retry } from '../api/retry.js';
import { LocalSeal } from '../crypto/local-seal.js';
import { explain } from '../errors.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { Projects } from '../projects/projects.js';
import { Permits } from './flow.js';
import type { IngestEvent, IngestOptions } from './ingest-item.js';
import { MemoryJournal, type Journal } from './journal.js';

/** What every file of one ingest shares. */
export interface UploadContext {
  readonly local: LocalDevice;
  /** As far as this ingest knows; what is sealed is sealed to its newest epoch. */
  readonly project: VerifiedProject;
  /** Looks for a newer epoch than that project's, unless one was found since. */
  renew(past: VerifiedProject): Promise<void>;
  /** Of this ingest. */
  readonly batchId: string;
  /** The server's time in this ingest, RFC 3339: asked for once, and only where something is dated with it. */
  readonly time: () => Promise<string>;
  readonly journal: Journal;
  readonly seal: LocalSeal;
  readonly signal: AbortSignal;
  /** Sealed octets in memory, over all files. */
  readonly memory: Permits;
  readonly onEvent: (event: IngestEvent) => void;
  readonly onRetry: (path: string | null) => (retry: Retry) => void;
}

/** Sealed octets in memory at a time: keeps the process under 200 MiB (docs/performance.md). */
const memoryBytesMax = 24 * 1024 * 1024;

/** What begins with an ingest. @throws TrustError, ServerProblem where nothing can be stored in that project */
export async function openContext(
  local: LocalDevice,
  projects: Projects,
  options: IngestOptions,
  signal: AbortSignal,
): Promise<UploadContext> {
  const { onEvent = () => {} } = options;
  let asked: Promise<string> | undefined;
  const time = (): Promise<string> =>
    (asked ??= local.time().catch((error: unknown) => {
      // The next file asks again.
      asked = undefined;
      throw error;
    }));
  const { projectId } = options;
  let project = await projects.verified(projectId, { fresh: true });
  return {
    local,
    get project() {
      return project;
    },
    renew: async (past) => {
      if (project !== past) return;
      // The chain first: of an epoch, a device that opens nothing is told there only.
      await local.membership({ fresh: true });
      project = await projects.verified(projectId, { fresh: true });
    },
    batchId: crypto.randomUUID(),
    time,
    journal: options.journal ?? new MemoryJournal(),
    seal: await LocalSeal.of(fromBase64(local.keyring.localKey)),
    signal,
    memory: new Permits(memoryBytesMax),
    onEvent,
    onRetry:
      (path) =>
      ({ attempt, waitMs, error }) =>
        onEvent({ kind: 'retry', path, attempt, waitMs, problem: explain(error) }),
  };
}
