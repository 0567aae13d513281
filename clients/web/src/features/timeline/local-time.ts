/** Times of cameras, which state no zone: kept as if they were UTC, and shown as they stand. */
import { language } from '../../platform/i18n/language.svelte.js';

const dayMs = 24 * 60 * 60 * 1000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes longer than a hundred uses of it. */
function format(ms: number, options: Intl.DateTimeFormatOptions): string {
  const key = `${language.tag} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(language.tag, { timeZone: 'UTC', ...options })));
  return made.format(ms);
}

/** @param day days since 1970 */
export const formatDay = (day: number): string =>
  format(day * dayMs, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
export const formatMonth = (day: number): string => format(day * dayMs, { month: 'short', year: 'numeric' });
export const formatYear = (day: number): string => format(day * dayMs, { year: 'numeric' });
export const formatLocal = (ms: number): string => format(ms, { dateStyle: 'medium', timeStyle: 'short' });
