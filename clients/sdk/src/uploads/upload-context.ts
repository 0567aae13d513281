import type { Retry } from '../api/retry.js';
import type { LocalSeal } from '../crypto/local-seal.js';
import type { LocalDevice } from '../identity/local-device.js';
import type { VerifiedProject } from '../projects/verified-project.js';
import type { Permits } from './flow.js';
import type { IngestEvent } from './ingest-item.js';
import type { Journal } from './journal.js';

/** What every file of one ingest shares. */
export interface UploadContext {
  readonly local: LocalDevice;
  readonly project: VerifiedProject;
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
