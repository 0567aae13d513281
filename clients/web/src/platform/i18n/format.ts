/** Numbers, sizes and times in the language of now. */
import { language } from './language.svelte.js';

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(language.tag).format(value);
}

/** @param share from 0 to 1 */
export function formatPercent(share: number): string {
  return new Intl.NumberFormat(language.tag, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** Decimal multiples, as the makers of cards and disks count. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), sizes.length - 1);
  const value = bytes / 1000 ** power;
  return new Intl.NumberFormat(language.tag, {
    style: 'unit',
    unit: sizes[power],
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** @param at RFC 3339 */
export function formatDateTime(at: string): string {
  return new Intl.DateTimeFormat(language.tag, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}

/** The largest unit that says something: seconds, minutes, hours, days. */
export function formatDuration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 90 * 60
        ? [seconds / 60, 'minute']
        : seconds < 36 * 3600
          ? [seconds / 3600, 'hour']
          : [seconds / 86400, 'day'];
  return new Intl.NumberFormat(language.tag, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(Math.round(value as number));
}
