import { foundInEntry, foundInFolder, foundInList, type Found } from './found.js';

/** A tree: a text is a file, null one that cannot be opened, and an Error a folder that cannot be listed. */
type Tree = { readonly [name: string]: string | null | Error | Tree };

const asFile = (name: string, text: string): File => new File([text], name, { lastModified: 1 });

function handleOf(name: string, node: Tree[string]): FileSystemHandle {
  if (typeof node === 'string' || node === null) {
    const getFile = async () => (node === null ? Promise.reject(new Error('gone')) : asFile(name, node));
    return { kind: 'file', name, getFile } as unknown as FileSystemFileHandle;
  }
  async function* values() {
    if (node instanceof Error) throw node;
    for (const [child, below] of Object.entries(node as Tree)) yield handleOf(child, below);
  }
  return { kind: 'directory', name, values } as unknown as FileSystemDirectoryHandle;
}

function entryOf(fullPath: string, node: Tree[string]): FileSystemEntry {
  const name = fullPath.split('/').at(-1)!;
  if (typeof node === 'string' || node === null) {
    const file = (take: (file: File) => void, fail: (error: Error) => void) =>
      node === null ? fail(new Error('gone')) : take(asFile(name, node));
    return { isFile: true, isDirectory: false, name, fullPath, file } as unknown as FileSystemFileEntry;
  }
  const children = node instanceof Error ? [] : Object.entries(node);
  const createReader = () => {
    const left = [...children];
    // As browsers do it: some at a time, and none at the end.
    const readEntries = (take: (entries: FileSystemEntry[]) => void, fail: (error: Error) => void) =>
      node instanceof Error
        ? fail(node)
        : take(left.splice(0, 100).map(([child, below]) => entryOf(`${fullPath}/${child}`, below)));
    return { readEntries };
  };
  return { isFile: false, isDirectory: true, name, fullPath, createReader } as unknown as FileSystemDirectoryEntry;
}

async function all(found: AsyncIterable<Found>): Promise<Found[]> {
  const list: Found[] = [];
  for await (const one of found) list.push(one);
  return list;
}
const pathsOf = (found: readonly Found[]) => found.map(({ path }) => path);
/** What was skipped is put in brackets. */
const linesOf = (found: readonly Found[]) => found.map((one) => ('skipped' in one ? `(${one.path})` : one.path));
const codesOf = (found: readonly Found[]) => found.flatMap((one) => ('code' in one ? [[one.path, one.code]] : []));

const card: Tree = {
  'z.txt': 'last',
  DCIM: { 'DJI_0002.JPG': 'two', 'DJI_0001.JPG': 'one', '._DJI_0001.JPG': 'junk', '100MEDIA': { 'a.MP4': 'film' } },
  '.DS_Store': 'junk',
  '.Trashes': { 'DJI_0009.JPG': 'thrown away', 'DJI_0010.JPG': 'thrown away' },
  MISC: {},
};
const cardLines = [
  '(CARD/.DS_Store)',
  '(CARD/.Trashes)',
  '(CARD/DCIM/._DJI_0001.JPG)',
  'CARD/DCIM/100MEDIA/a.MP4',
  'CARD/DCIM/DJI_0001.JPG',
  'CARD/DCIM/DJI_0002.JPG',
  'CARD/z.txt',
];

describe.each([
  ['handles', (tree: Tree) => foundInFolder(handleOf('CARD', tree) as FileSystemDirectoryHandle)],
  ['entries', (tree: Tree) => foundInEntry(entryOf('/CARD', tree))],
])('Looking through a dropped card by %s', (_, look) => {
  it('finds every file in one order, with its size, and names what the system left there', async () => {
    const found = await all(look(card));
    expect(linesOf(found)).toEqual(cardLines);
    expect(found.at(-1)).toMatchObject({ bytes: 4, picked: expect.objectContaining({ name: 'z.txt' }) });
  });

  it('names what cannot be read, and goes on', async () => {
    const found = await all(look({ a: new Error('no'), 'b.JPG': null, 'c.JPG': 'fine' }));
    expect(pathsOf(found)).toEqual(['CARD/a', 'CARD/b.JPG', 'CARD/c.JPG']);
    expect(codesOf(found)).toEqual([
      ['CARD/a', 'listing.folder_unreadable'],
      ['CARD/b.JPG', 'listing.file_unreadable'],
    ]);
  });

  it('takes thousands of files in a folder', async () => {
    const names = Array.from({ length: 2_345 }, (_, i) => [`DJI_${String(i).padStart(4, '0')}.JPG`, 'x']);
    expect(pathsOf(await all(look(Object.fromEntries(names))))).toEqual(names.map(([name]) => `CARD/${name}`));
  });

  it('ends where folders are nested without end', async () => {
    let deep: Tree = { 'f.txt': 'x' };
    for (let level = 0; level < 140; level++) deep = { d: deep };
    expect(codesOf(await all(look(deep)))).toEqual([[expect.stringMatching(/^CARD(\/d){128}$/), 'listing.too_deep']]);
  });
});

describe('Files that were chosen', () => {
  const below = (path: string): File =>
    Object.defineProperty(asFile(path.split('/').at(-1)!, 'abc'), 'webkitRelativePath', { value: path });

  it('are skipped where the system left them, a folder of them under its own name', async () => {
    const files = ['CARD/a.JPG', 'CARD/.Trashes/b.JPG', 'CARD/.Trashes/x/c.JPG', 'CARD/DCIM/Thumbs.db'].map(below);
    expect(linesOf(await all(foundInList([...files, asFile('._d.JPG', 'd'), asFile('desktop.ini', 'e')])))).toEqual([
      'CARD/a.JPG',
      '(CARD/.Trashes)',
      '(CARD/.Trashes)',
      '(CARD/DCIM/Thumbs.db)',
      '(._d.JPG)',
      '(desktop.ini)',
    ]);
  });

  it('are looked for in a folder of any name, if it was chosen itself', async () => {
    expect(linesOf(await all(foundInList([below('.Trashes/b.JPG')])))).toEqual(['.Trashes/b.JPG']);
  });

  it('are called by their path in the folder, or their name', async () => {
    expect(await all(foundInList([below('CARD/DCIM/a.JPG'), asFile('b.JPG', 'b')]))).toMatchObject([
      { path: 'CARD/DCIM/a.JPG', bytes: 3 },
      { path: 'b.JPG', bytes: 1 },
    ]);
  });
});
