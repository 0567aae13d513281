import { jest } from '@jest/globals';
import type { IngestResult } from '@aerie/sdk';
import { Reporter, type Report } from './report.js';

const result = (path: string): IngestResult => ({
  path,
  mediaId: 'media',
  bytes: 1,
  status: 'stored',
  storedAs: null,
  receipt: 'note',
  pictures: { made: true },
});
const problem = { code: 'network.unreachable', message: 'no answer', hint: '' };

function reporting(): { reporter: Reporter; reports: Report[] } {
  const reports: Report[] = [];
  return { reporter: new Reporter(async (report) => void reports.push(report)), reports };
}

describe('Reports to the page', () => {
  afterEach(() => void jest.useRealTimers());

  it('are few, however much happens', async () => {
    jest.useFakeTimers();
    const { reporter, reports } = reporting();
    for (let id = 0; id < 5_000; id++) {
      reporter.event({ kind: 'started', path: `${id}`, bytes: 1 });
      reporter.event({ kind: 'progress', path: `${id}`, bytesDone: 1, bytes: 1 });
      reporter.result(result(`${id}`));
    }
    expect(reports).toEqual([]);
    await jest.advanceTimersByTimeAsync(150);
    expect(reports).toHaveLength(1);
    expect(reports[0]!.results).toHaveLength(5_000);
    await jest.advanceTimersByTimeAsync(150);
    expect(reports).toHaveLength(1);
  });

  it('tell the last progress of a file only', async () => {
    const { reporter, reports } = reporting();
    for (const bytesDone of [1, 2, 3]) reporter.event({ kind: 'progress', path: '7', bytesDone, bytes: 9 });
    await reporter.flush();
    expect(reports[0]!.progress).toEqual([{ id: 7, bytesDone: 3 }]);
  });

  it('have been taken by the page, in order, when a flush is over', async () => {
    const taken: number[] = [];
    let takeFirst = (): void => {};
    const gate = new Promise<void>((resolve) => (takeFirst = resolve));
    const reporter = new Reporter(async ({ results }) => {
      if (results[0]!.id === 1) await gate;
      taken.push(results[0]!.id);
    });
    reporter.result(result('1'));
    const first = reporter.flush();
    reporter.result(result('2'));
    const second = reporter.flush().then(() => expect(taken).toEqual([1, 2]));
    takeFirst();
    await Promise.all([first, second]);
    expect(taken).toEqual([1, 2]);
  });

  it('tell of an attempt that failed until something comes through', async () => {
    const { reporter, reports } = reporting();
    reporter.event({ kind: 'retry', path: null, attempt: 1, waitMs: 5_000, problem });
    await reporter.flush();
    reporter.event({ kind: 'started', path: '1', bytes: 1 });
    await reporter.flush();
    reporter.result(result('1'));
    await reporter.flush();
    expect(reports.map(({ retry }) => retry?.problem.code)).toEqual([problem.code, problem.code, undefined]);
    expect(reports[0]!.retry!.atMs).toBe(reports[1]!.retry!.atMs);
  });
});
