import { describe, expect, it } from '@jest/globals';
import { WarningCode } from '@aerie/protocol';
import { type Facts, warningsFrom } from './warnings.js';

const gib = 2 ** 30;
const well: Facts = {
  disk: { bytesFree: 500 * gib, bytesTotal: 1000 * gib },
  faults: [],
  host: '127.0.0.1',
  isDatabaseEmbedded: false,
  clockAheadMs: 0,
  renderers: [],
  damagedMedia: 0,
  jobs: [],
};
const codesOf = (change: Partial<Facts>): string[] => warningsFrom({ ...well, ...change }).map(({ code }) => code);
const job = { kind: 'media.check-media', stuck: 0, overdueSeconds: 0 };

/** For each code the facts just beyond the line, and those just before it. */
const lines: [code: string, beyond: Partial<Facts>, before: Partial<Facts>][] = [
  [
    'store.space_low',
    { disk: { bytesFree: 99 * gib, bytesTotal: 1000 * gib } },
    { disk: { bytesFree: 100 * gib, bytesTotal: 1000 * gib } },
  ],
  [
    'store.space_low',
    { disk: { bytesFree: 5 * gib - 1, bytesTotal: 20 * gib } },
    { disk: { bytesFree: 5 * gib, bytesTotal: 20 * gib } },
  ],
  ['store.space_low', { disk: { bytesFree: 0, bytesTotal: gib } }, { disk: null }],
  ['media.damaged', { damagedMedia: 1 }, { damagedMedia: 0 }],
  ['part.not_ready', { faults: [{ part: 'store', mayEvict: false }] }, {}],
  ['queue.may_evict', { faults: [{ part: 'queue', mayEvict: true }] }, {}],
  ['network.beyond_loopback', { host: '0.0.0.0' }, { host: '::1' }],
  ['network.beyond_loopback', { host: '127.example.org' }, { host: '127.0.0.53' }],
  ['network.beyond_loopback', { host: '::' }, { host: 'localhost' }],
  ['database.embedded', { isDatabaseEmbedded: true }, {}],
  ['clock.differs', { clockAheadMs: 5_001 }, { clockAheadMs: 5_000 }],
  ['clock.differs', { clockAheadMs: -5_001 }, { clockAheadMs: -5_000 }],
  [
    'renderer.silent',
    { renderers: [{ deviceId: 'r', silentSeconds: 301 }] },
    { renderers: [{ deviceId: 'r', silentSeconds: 300 }] },
  ],
  ['jobs.stuck', { jobs: [job, { ...job, stuck: 1 }] }, { jobs: [job] }],
  ['jobs.overdue', { jobs: [{ ...job, overdueSeconds: 601 }] }, { jobs: [{ ...job, overdueSeconds: 600 }] }],
];

describe('A warning', () => {
  it.each(lines)('%s comes with its fact and goes with it', (code, beyond, before) => {
    expect(codesOf(beyond)).toEqual([code]);
    expect(codesOf(before)).toEqual([]);
  });

  it('is tested for every code there is', () => {
    expect(new Set(lines.map(([code]) => code))).toEqual(new Set(WarningCode.options));
  });

  it('stands behind those that are more severe', () => {
    const all = warningsFrom({
      ...well,
      host: '0.0.0.0',
      clockAheadMs: -7_400,
      jobs: [
        { ...job, stuck: 2, overdueSeconds: 700 },
        { ...job, kind: 'previews.pack-blobs', stuck: 1, overdueSeconds: 900 },
      ],
      disk: { bytesFree: gib - 1, bytesTotal: 1000 * gib },
    });
    expect(all).toEqual([
      { code: 'store.space_low', severity: 'critical', details: { bytesFree: gib - 1, bytesTotal: 1000 * gib } },
      { code: 'clock.differs', severity: 'warning', details: { seconds: -7 } },
      { code: 'jobs.stuck', severity: 'warning', details: { jobs: 3 } },
      { code: 'jobs.overdue', severity: 'warning', details: { kind: 'previews.pack-blobs', seconds: 900 } },
      { code: 'network.beyond_loopback', severity: 'notice', details: { host: '0.0.0.0' } },
    ]);
  });
});
