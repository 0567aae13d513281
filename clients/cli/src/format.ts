/** How numbers, times and names look to a person. `--json` never goes through here. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Octets with the unit that suits them: `0 B`, `4.0 MiB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** Seconds as `9 s`, `2 min 05 s` or `3 h 12 min`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor(whole / 60) % 60).padStart(2, '0')} min`;
}

/** Clocks of one place differ by less. */
const clockSecondsMax = 60;

/** What to tell a person about a clock that is off; null where it is not. */
export function clockRemark(aheadSeconds: number): string | null {
  if (Math.abs(aheadSeconds) < clockSecondsMax) return null;
  const off = `${formatSeconds(Math.abs(aheadSeconds))} ${aheadSeconds > 0 ? 'ahead of' : 'behind'}`;
  return `This device's clock is ${off} the server's. Set it right: files and logs written here get its time.`;
}

/** A time of the server as `2026-03-01 09:30 UTC`. */
export const formatTime = (timestamp: string): string => `${timestamp.slice(0, 16).replace('T', ' ')} UTC`;

/**
 * Control, format and bidirectional characters, line separators, lone surrogates and private-use characters: in a file
 * name they can move the cursor, hide an extension or forge a line.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Text that someone else chose, safe to print: what cannot be seen is written out as `\u{202e}`. */
export const visible = (text: string): string =>
  text.replace(invisible, (char) => `\\u{${char.codePointAt(0)!.toString(16).padStart(4, '0')}}`);

/** `visible`, and no longer than `charsMax`, the middle left out so that the extension stays in sight. */
export function shortName(text: string, charsMax: number): string {
  const chars = Array.from(visible(text));
  if (chars.length <= charsMax) return chars.join('');
  const tail = Math.min(12, Math.floor(charsMax / 3));
  return `${chars.slice(0, charsMax - tail - 1).join('')}…${chars.slice(-tail).join('')}`;
}

export interface Column<Row> {
  readonly head: string;
  readonly align?: 'right';
  text(row: Row): string;
}

/** Columns padded to their widest cell, under a head line. Cells must be printable already. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const cells = [columns.map((column) => column.head), ...rows.map((row) => columns.map((column) => column.text(row)))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => Array.from(line[at]!).length)));
  const pad = (cell: string, at: number): string => {
    const space = ' '.repeat(widths[at]! - Array.from(cell).length);
    return columns[at]!.align === 'right' ? space + cell : cell + space;
  };
  return cells.map((line) => line.map(pad).join('  ').trimEnd());
}

/** What to go on with, as this person types it: with `npx` where that is how they came here. */
export const next = (command: string): string =>
  `Next:  ${process.env.npm_command === 'exec' ? 'npx ' : ''}aerie ${command}`;
