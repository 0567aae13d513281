import type { Warning } from '@aerie/protocol';
import type { StoreSpace } from '../../platform/storage/object-store.port.js';

/** What warnings are judged by, as it was found a moment ago. */
export interface Facts {
  readonly disk: StoreSpace['disk'];
  readonly faults: readonly { readonly part: string; readonly mayEvict: boolean }[];
  /** The address listened on. */
  readonly host: string;
  readonly isDatabaseEmbedded: boolean;
  /** By how much this server's clock is ahead of the database's. */
  readonly clockAheadMs: number;
  /** The renderers that assisted projects name, and since when none of their requests came. */
  readonly renderers: readonly { readonly deviceId: string; readonly silentSeconds: number }[];
  /** With damaged octets and without a replacement. */
  readonly damagedMedia: number;
  readonly jobs: readonly { readonly kind: string; readonly stuck: number; readonly overdueSeconds: number }[];
}

/** A large upload and its packs still fit. */
const bytesFreeMin = 5 * 2 ** 30;
const shareFreeMin = 0.1;
/** The database beside it soon cannot write either. */
const bytesFreeCritical = 2 ** 30;
/** Sessions, enrollments and leases are compared with both clocks. */
const clockMsMax = 5_000;
/** A renderer asks every five seconds; its requests are noted once a minute. */
const silentSecondsMax = 300;
const overdueSecondsMax = 600;

const rank = { critical: 0, warning: 1, notice: 2 } as const;

/** What is wrong by these facts, the most severe first. */
export function warningsFrom(facts: Facts): Warning[] {
  const found = [
    ...ofParts(facts),
    ...ofDisk(facts.disk),
    ...ofMedia(facts.damagedMedia),
    ...ofClock(facts.clockAheadMs),
    ...ofRenderers(facts.renderers),
    ...ofJobs(facts.jobs),
    ...ofSetUp(facts),
  ];
  return found.sort((a, b) => rank[a.severity] - rank[b.severity]);
}

const ofParts = ({ faults }: Facts): Warning[] =>
  faults.map(({ part, mayEvict }) =>
    mayEvict ? warning('queue.may_evict', 'critical') : warning('part.not_ready', 'critical', { part }),
  );

function ofDisk(disk: Facts['disk']): Warning[] {
  if (!disk || (disk.bytesFree >= bytesFreeMin && disk.bytesFree >= shareFreeMin * disk.bytesTotal)) return [];
  return [warning('store.space_low', disk.bytesFree < bytesFreeCritical ? 'critical' : 'warning', { ...disk })];
}

const ofMedia = (media: number): Warning[] => (media > 0 ? [warning('media.damaged', 'critical', { media })] : []);

const ofClock = (aheadMs: number): Warning[] =>
  Math.abs(aheadMs) > clockMsMax ? [warning('clock.differs', 'warning', { seconds: Math.round(aheadMs / 1000) })] : [];

const ofRenderers = (renderers: Facts['renderers']): Warning[] =>
  renderers
    .filter(({ silentSeconds }) => silentSeconds > silentSecondsMax)
    .map(({ deviceId, silentSeconds }) =>
      warning('renderer.silent', 'warning', { deviceId, seconds: Math.round(silentSeconds) }),
    );

function ofJobs(kinds: Facts['jobs']): Warning[] {
  const found: Warning[] = [];
  const stuck = kinds.reduce((sum, kind) => sum + kind.stuck, 0);
  if (stuck > 0) found.push(warning('jobs.stuck', 'warning', { jobs: stuck }));
  const [oldest] = [...kinds].sort((a, b) => b.overdueSeconds - a.overdueSeconds);
  if (oldest && oldest.overdueSeconds > overdueSecondsMax)
    found.push(warning('jobs.overdue', 'warning', { kind: oldest.kind, seconds: Math.round(oldest.overdueSeconds) }));
  return found;
}

function ofSetUp({ host, isDatabaseEmbedded }: Facts): Warning[] {
  const found: Warning[] = [];
  // This server speaks plain HTTP and knows no proxy: whether TLS stands in front, only the operator can tell.
  const isLoopback = /^(localhost|127(\.\d+){3}|::1)$/i.test(host);
  if (!isLoopback) found.push(warning('network.beyond_loopback', 'notice', { host }));
  if (isDatabaseEmbedded) found.push(warning('database.embedded', 'notice'));
  return found;
}

const warning = (code: Warning['code'], severity: Warning['severity'], details: Warning['details'] = {}): Warning => ({
  code,
  severity,
  details,
});
