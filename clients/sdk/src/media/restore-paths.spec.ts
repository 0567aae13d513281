import { placesOf, restorePaths, type Restorable } from './restore-paths.js';

/** Files of one ingest, by their paths. */
const card = (batchId: string, ...paths: string[]): Restorable[] =>
  paths.map((path) => {
    const cut = path.lastIndexOf('/');
    return { batchId, folder: path.slice(0, Math.max(0, cut)), name: path.slice(cut + 1) };
  });
const placed = (files: Restorable[], options?: Parameters<typeof restorePaths>[1]): string[] => {
  const paths = restorePaths(files, options);
  return files.map((file) => paths.get(file)!);
};

describe('Files that are written out', () => {
  it('lie in their folders', () => {
    const files = card('one', 'CARD/DCIM/100MEDIA/DJI_0001.MP4', 'CARD/DCIM/101MEDIA/DJI_0001.MP4', 'note.txt');
    expect(placed(files)).toEqual(['CARD/DCIM/100MEDIA/DJI_0001.MP4', 'CARD/DCIM/101MEDIA/DJI_0001.MP4', 'note.txt']);
  });

  it('of two cards with the same paths stay together, so that no video lies beside the log of another flight', () => {
    const first = card('one', 'CARD/DJI_0001.MP4', 'LOG.CSV');
    const second = card('two', 'CARD/LOGS/DJI_0001.TXT', 'CARD/DJI_0001.MP4', 'CARD/DJI_0001.SRT', 'LOG.CSV');
    expect(placed([...first, ...second])).toEqual([
      'CARD/DJI_0001.MP4',
      'LOG.CSV',
      'CARD-2/LOGS/DJI_0001.TXT',
      'CARD-2/DJI_0001.MP4',
      'CARD-2/DJI_0001.SRT',
      'files-2/LOG.CSV',
    ]);
  });

  it('of one card that was put in again, with new files, come together', () => {
    const [first, again] = [card('one', 'CARD/DJI_0001.MP4'), card('two', 'CARD/DJI_0001.SRT', 'CARD/DJI_0002.MP4')];
    expect(placed([...first, ...again])).toEqual(['CARD/DJI_0001.MP4', 'CARD/DJI_0001.SRT', 'CARD/DJI_0002.MP4']);
  });

  it('lie under each of their names, and a further name moves no other file', () => {
    const named = (...names: Restorable[]) => {
      const [meta, ...aliases] = names.map((name) => ({ ...name, modifiedAt: null }));
      return { meta: meta!, aliases };
    };
    const [own, also] = [card('one', 'CARD/a.jpg')[0]!, card('three', 'CARD/b.jpg', 'REPORT/b.jpg', 'CARD/a.jpg')];
    const other = card('two', 'CARD/b.jpg')[0]!;
    const places = placesOf(
      new Map([
        ['twice', named(own, ...also)],
        ['other', named(other)],
      ]),
    );
    expect(places.get('twice')!.map(({ path }) => path)).toEqual(['CARD/a.jpg', 'CARD-2/b.jpg', 'REPORT/b.jpg']);
    expect(places.get('other')!.map(({ path }) => path)).toEqual(['CARD/b.jpg']);
  });

  it('never lie in one place, whatever is in their names', () => {
    const files = card('one', 'a/x', 'A/X', 'a/x', 'a', 'a?b/x', 'a:b/x', 'a/x/y', 'x.pgp/y', 'x');
    const paths = placed(files, { suffixes: ['.pgp', '.receipt.txt'], reserved: ['certs'] });
    const written = paths.flatMap((path) => [`${path}.pgp`, `${path}.receipt.txt`]).map((path) => path.toLowerCase());
    const folders = written.flatMap((path) => path.split('/').map((_, i, pieces) => pieces.slice(0, i).join('/')));
    expect(new Set(written).size).toBe(written.length);
    expect(written.filter((path) => folders.includes(path))).toEqual([]);
    expect(placed(card('one', 'certs/a'), { reserved: ['certs'] })).toEqual(['certs-2/a']);
  });

  it.each([
    ['../../etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['C:/Windows/x', 'C_/Windows/x'],
    ['a/./b//c', 'a/b/c'],
    ['a\\..\\..\\b/c', 'a_.._.._b/c'],
    ['nul/com1/aux.txt', '_nul/_com1/_aux.txt'],
    ['.ssh/authorized_keys', '_ssh/authorized_keys'],
    ['...', '_'],
    ['a/..', 'a/_'],
  ])('do not leave the folder they are written to: %j', (path, expected) => {
    expect(placed(card('one', path))).toEqual([expected]);
  });

  it('are no deeper than a file system takes', () => {
    const [path] = placed(card('one', `${'d/'.repeat(5000)}x`));
    expect(path!.split('/')).toHaveLength(34);
    expect(Math.max(...path!.split('/').map((piece) => piece.length))).toBeLessThanOrEqual(200);
  });
});
