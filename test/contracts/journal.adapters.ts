import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryJournal, type Journal } from '@aerie/sdk';
import { openFolderJournal } from '@aerie/sdk/node';
import { fromBase64, toBase64 } from '@aerie/protocol';
import type { BrowserContext, JSHandle, Page } from 'playwright-core';
import { hasBrowser, killBrowser, launchBrowser, serveBundle, type ServedBundle } from '../support/browser.js';
import type { openJournal } from '../support/pages/journal.page.js';

export interface JournalAdapter {
  open(): Promise<Journal>;
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
  return { open: async () => new MemoryJournal(), reopenAfterKill: null, close: async () => {} };
}

/** Its files are all there is of it: a kill leaves what a second journal finds. */
function folder(): JournalAdapter {
  let path: string;
  return {
    async open() {
      path = await mkdtemp(join(tmpdir(), 'aerie-journal-'));
      return openFolderJournal(path);
    },
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
}

const given = (name: string, record: Uint8Array): [string, string] => [name, toBase64(record)];

/** Playwright gives errors of a page as text. */
async function translated<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: Error) => {
    if (error.message.includes('RangeError')) throw new RangeError(error.message);
    throw error;
  });
}
