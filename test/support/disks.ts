import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, to be filled up or made read-only. Only where this user may mount one. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no octet free. */
  fill(): void;
  makeReadOnly(): void;
  /** From now on that file on it can be read, and written, but not replaced. */
  pin(file: string): void;
  remove(): void;
}

export function smallDisk(bytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'aerie-disk-'));
  const pinned: string[] = [];
  const mount = (...args: string[]): void => void execFileSync('mount', args, { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'aerie', path);
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    fill() {
      const file = openSync(join(path, 'filler'), 'w');
      try {
        for (const size of [65_536, 4096, 1]) writeUntilFull(file, Buffer.alloc(size));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
    makeReadOnly: () => mount('-o', 'remount,ro', path),
    pin(file) {
      mount('--bind', file, file);
      pinned.push(file);
    },
    remove() {
      for (const one of [...pinned, path]) execFileSync('umount', [one], { stdio: 'ignore' });
      rmSync(path, { recursive: true });
    },
  };
}

function writeUntilFull(file: number, octets: Buffer): void {
  try {
    for (;;) writeSync(file, octets);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
