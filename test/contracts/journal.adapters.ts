import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MemoryJournal, type Journal, type JournalLock } from '@aerie/sdk';
import { openFolderJournal } from '@aerie/sdk/node';
import { fromBase64, toBase64 } from '@aerie/protocol';
import type { BrowserContext, JSHandle, Page } from 'playwright-core';
import { hasBrowser, killBrowser, launchBrowser, serveBundle, type ServedBundle } from '../support/browser.js';
import type { openJournal } from '../support/pages/journal.page.js';

/** Another process or tab that has the same journal. */
export interface Elsewhere {
  lock(name: string, wait?: boolean): Promise<JournalLock | null>;
  /** Ends it without a chance to tidy up. */
  kill(): Promise<void>;
}

export interface JournalAdapter {
  open(): Promise<Journal>;
  /** Null where only one can have it. */
  elsewhere: (() => Promise<Elsewhere>) | null;
  /** The journal as another process finds it after this one was killed; null where it does not outlive a process. */
  reopenAfterKill: (() => Promise<Journal>) | null;
  close(): Promise<void>;
}

export const adapters: [name: string, adapter: () => JournalAdapter][] = [
  ['memory', memory],
  ['a folder', folder],
];
if (hasBrowser()) adapters.push(['IndexedDB in Chromium', indexedDb]);

function memory(): JournalAdapter {
  return { open: async () => new MemoryJournal(), elsewhere: null, reopenAfterKill: null, close: async () => {} };
}

/** Its files are all there is of it: a kill leaves what a second journal finds. */
function folder(): JournalAdapter {
  let path: string;
  return {
    async open() {
      path = await mkdtemp(join(tmpdir(), 'aerie-journal-'));
      return openFolderJournal(path);
    },
    elsewhere: () => otherProcess(path),
    reopenAfterKill: () => openFolderJournal(path),
    close: () => rm(path, { recursive: true }),
  };
}

function indexedDb(): JournalAdapter {
  let userDataDir: string;
  let bundle: ServedBundle;
  let browser: BrowserContext;
  return {
    async open() {
      userDataDir = await mkdtemp(join(tmpdir(), 'aerie-chromium-'));
      bundle = await serveBundle({ journal: 'test/support/pages/journal.page.ts' });
      browser = await launchBrowser({ userDataDir });
      return BrowserJournal.open(await browser.newPage(), bundle.url);
    },
    async elsewhere() {
      const tab = await browser.newPage();
      const there = await BrowserJournal.open(tab, bundle.url);
      return { lock: (name, wait) => there.lock(name, { wait }), kill: () => tab.close() };
    },
    async reopenAfterKill() {
      await killBrowser(browser, userDataDir);
      browser = await launchBrowser({ userDataDir });
      return BrowserJournal.open(await browser.newPage(), bundle.url);
    },
    async close() {
      await browser.close();
      await bundle.stop();
      await rm(userDataDir, { recursive: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function otherProcess(folder: string): Promise<Elsewhere> {
  const script = fileURLToPath(new URL('journal-holder.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, (state: string) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, state } = JSON.parse(line) as { id: number; state: string };
    waiting.get(id)!(state);
  });
  let asked = 0;
  const ask = (id: number, question: object): Promise<string> => {
    child.stdin.write(`${JSON.stringify({ id, ...question })}\n`);
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  return {
    async lock(name, wait = false) {
      const id = asked++;
      const state = await ask(id, { name, wait });
      return state === 'held' ? { release: async () => void (await ask(id, { release: true })) } : null;
    },
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Passes every call on to the journal in a page. */
class BrowserJournal implements Journal {
  private constructor(readonly there: JSHandle<Awaited<ReturnType<typeof openJournal>>>) {}

  static async open(page: Page, url: string): Promise<BrowserJournal> {
    await page.goto(url);
    const opened = page.evaluateHandle(async () => {
      const module = '/journal.js';
      return ((await import(module)) as { openJournal: typeof openJournal }).openJournal('aerie-journal');
    });
    return new BrowserJournal(await opened);
  }

  async read(name: string): Promise<Uint8Array[]> {
    const records = await translated(this.there.evaluate((journal, list) => journal.read(list), name));
    return records.map(fromBase64);
  }

  write(name: string, record: Uint8Array): Promise<void> {
    return translated(
      this.there.evaluate((journal, [list, octets]) => journal.write(list, octets), given(name, record)),
    );
  }

  append(name: string, record: Uint8Array): Promise<void> {
    return translated(
      this.there.evaluate((journal, [list, octets]) => journal.append(list, octets), given(name, record)),
    );
  }

  remove(name: string): Promise<void> {
    return translated(this.there.evaluate((journal, list) => journal.remove(list), name));
  }

  async lock(name: string, options: { wait: true }): Promise<JournalLock>;
  async lock(name: string, options?: { wait?: boolean }): Promise<JournalLock | null>;
  async lock(name: string, { wait = false }: { wait?: boolean } = {}): Promise<JournalLock | null> {
    const lock = await translated(
      this.there.evaluateHandle((journal, [list, isWaiting]) => journal.lock(list, isWaiting), [name, wait] as const),
    );
    const isHeld = await lock.evaluate((one) => one !== null);
    return isHeld ? { release: () => lock.evaluate((one) => one!.release()) } : null;
  }
}

const given = (name: string, record: Uint8Array): [string, string] => [name, toBase64(record)];

/** Playwright gives errors of a page as text. */
async function translated<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: Error) => {
    if (error.message.includes('RangeError')) throw new RangeError(error.message);
    throw error;
  });
}
