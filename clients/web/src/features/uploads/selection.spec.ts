import type { FileResult, Report } from './report.js';
import { Selection } from './selection.js';

const picked = {} as File;
const problem = (code: string) => ({ code, message: code, hint: '' });
const report = (some: Partial<Report>): Report => ({
  started: [],
  resumed: [],
  progress: [],
  results: [],
  retry: null,
  ...some,
});
const stored = (id: number, status: FileResult['status'] = 'stored'): FileResult => ({
  id,
  mediaId: `media-${id}`,
  status,
  storedAs: null,
  receipt: 'note',
  pictures: { made: true },
});
const failed = (id: number, code: string): FileResult => ({
  id,
  mediaId: null,
  status: 'failed',
  storedAs: null,
  receipt: null,
  pictures: { made: false, code: 'not_stored', text: 'the file was not stored' },
  problem: problem(code),
});

function selectionOf(...bytes: number[]): Selection {
  const selection = new Selection();
  bytes.forEach((size, i) => selection.add({ path: `DCIM/${i}.JPG`, picked, bytes: size }));
  return selection;
}
const states = ({ files }: Selection) => files.map(({ state }) => state);

describe('The files of an upload', () => {
  it('are taken in order, each once, and are under way once they have started', () => {
    const selection = selectionOf(1, 2, 3);
    expect(selection.take(2).map(({ id }) => id)).toEqual([0, 1]);
    expect(selection.take(2).map(({ id }) => id)).toEqual([2]);
    expect(selection.take(2)).toEqual([]);
    selection.apply(report({ started: [{ id: 1, bytes: 2 }] }));
    expect(states(selection)).toEqual(['waiting', 'active', 'waiting']);
  });

  it('add up what is done, and what of it was sent', () => {
    const selection = selectionOf(100, 1000, 10);
    selection.take(3);
    selection.apply(
      report({
        started: [{ id: 1, bytes: 1000 }],
        resumed: [{ id: 1, share: 0.4 }],
        progress: [{ id: 1, bytesDone: 600 }],
        results: [stored(0), stored(2, 'already-stored')],
      }),
    );
    expect(selection.totals).toMatchObject({ files: 3, bytes: 1110, bytesDone: 710, bytesSent: 300 });
    expect(selection.totals.states).toEqual({ waiting: 0, active: 1, stored: 1, 'already-stored': 1, failed: 0 });
  });

  it('wait again where a run was ended, before those whose turn had not come', () => {
    const selection = selectionOf(100, 100, 100);
    selection.take(2);
    selection.apply(report({ started: [0, 1].map((id) => ({ id, bytes: 100 })) }));
    selection.apply(report({ progress: [{ id: 1, bytesDone: 50 }], results: [failed(0, 'ingest.aborted')] }));
    selection.putBack();
    expect(states(selection)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(selection.totals).toMatchObject({ bytesDone: 50, bytesSent: 50 });
    expect(selection.take(3).map(({ id }) => id)).toEqual([0, 1, 2]);
    selection.apply(report({ progress: [{ id: 1, bytesDone: 60 }] }));
    expect(selection.totals).toMatchObject({ bytesDone: 60, bytesSent: 60 });
  });

  it('do not fail for the network, which is told', () => {
    const selection = selectionOf(100, 100);
    selection.take(2);
    expect(selection.apply(report({ results: [failed(0, 'network.unreachable')] }))).toBe(true);
    expect(selection.apply(report({ results: [failed(1, 'file.changed')] }))).toBe(false);
    selection.putBack();
    expect(states(selection)).toEqual(['waiting', 'failed']);
  });

  it('that failed can be tried again, unless there is nothing to read', () => {
    const selection = selectionOf(100);
    selection.add({ path: 'DCIM/locked', picked: null, code: 'listing.folder_unreadable' });
    expect(selection.retryFailed()).toBe(false);
    selection.take(1);
    selection.apply(report({ results: [failed(0, 'file.changed')] }));
    expect([...selection.failed].map(({ problem }) => problem?.code)).toEqual([
      'listing.folder_unreadable',
      'file.changed',
    ]);
    expect(selection.retryFailed()).toBe(true);
    expect(states(selection)).toEqual(['waiting', 'failed']);
  });

  it('keep a failure when a file of the same path is added: it may be of another card', () => {
    const selection = selectionOf(100);
    selection.take(1);
    selection.apply(report({ results: [failed(0, 'file.unreadable')] }));
    selection.add({ path: 'DCIM/0.JPG', picked, bytes: 7 });
    selection.take(1);
    selection.apply(report({ results: [stored(1)] }));
    expect(states(selection)).toEqual(['failed', 'stored']);
  });

  it('leave out what is skipped, and count each path of it once', () => {
    const selection = selectionOf(100);
    for (const path of ['CARD/.Trashes', 'CARD/.Trashes', 'CARD/.DS_Store']) selection.add({ path, skipped: true });
    expect(selection.totals).toMatchObject({ files: 1, bytes: 100, skipped: 2 });
    expect([...selection.folders]).toEqual(['DCIM']);
  });

  it('count one that has grown since it was listed by its new size', () => {
    const selection = selectionOf(100, 5);
    selection.take(2);
    selection.apply(report({ started: [{ id: 0, bytes: 150 }], results: [stored(0)] }));
    expect(selection.totals).toMatchObject({ bytes: 155, bytesDone: 150 });
  });
});
