/** What the kernel says of a process (Linux, /proc): memory in octets, processor time in seconds. */
import { readFileSync, writeFileSync } from 'node:fs';

/** The kernel's clock tick for /proc/PID/stat, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;
const pollMs = 25;

const kibibytesOf = (pid, name) => {
  const [, value] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(value) * 1024;
};

export const residentBytes = (pid) => kibibytesOf(pid, 'VmRSS');
export const peakBytes = (pid) => kibibytesOf(pid, 'VmHWM');

/** From now on `peakBytes` is the peak since this call. */
export const forgetPeak = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, '5');

/** User and system time so far, that of its ended children included. */
export function processorSeconds(pid) {
  // The command's name, in brackets, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  return (user + system + childUser + childSystem) / ticksPerSecond;
}

/** Watches a process until it ends: the peak that was seen last is its peak, short of the last few milliseconds. */
export function rememberPeak(pid) {
  let seen = { peakBytes: 0, processorSeconds: 0 };
  const look = () => {
    try {
      const now = { peakBytes: peakBytes(pid), processorSeconds: processorSeconds(pid) };
      if (now.peakBytes > 0) seen = now;
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(look, pollMs);
  return {
    stop: () => {
      clearInterval(timer);
      return seen;
    },
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
