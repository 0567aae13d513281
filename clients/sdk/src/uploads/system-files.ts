/** Files that operating systems leave on every card and disk they touch: they say how a window was arranged, and nothing of a flight. */
const names = [
  '.ds_store',
  '.localized',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'indexervolumeguid',
  'wpsettings.dat',
];
const folders = [
  '.spotlight-v100',
  '.trashes',
  '.fseventsd',
  '.temporaryitems',
  '.documentrevisions-v100',
  '__macosx',
  '$recycle.bin',
  'system volume information',
];

/** Whether a file or folder of that name is skipped; `._DJI_0001.MP4` holds what macOS could not keep on a card's file system. */
export function isSystemFile(name: string, isFolder: boolean): boolean {
  const lower = name.toLowerCase();
  return isFolder ? folders.includes(lower) : names.includes(lower) || lower.startsWith('._');
}
