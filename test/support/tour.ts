import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOnly } from 'axe-core';
import type { CDPSession, Page } from 'playwright-core';
import { clippedControls, cutOff, visibleTexts } from './tour-page.js';

const repository = resolve(fileURLToPath(import.meta.url), '../../..');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Web Content Accessibility Guidelines 2.2, level AA and what it contains. */
const levels: RunOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
/** All of it that depends on the theme. */
const colors: RunOnly = { type: 'rule', values: ['color-contrast'] };
const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

/** Where the pictures of a tour are kept. */
export const screenshotFolder = (): string =>
  resolve(repository, process.env.AERIE_SCREENSHOTS ?? '.cache/screenshots');

export interface TourOptions {
  /** What is the same in every language: names that the test gave, and words that both languages write alike. */
  readonly sameInAll: RegExp;
}

/**
 * Looks at what a page shows: with axe in both themes, for what is cut off, in German for what is left in English, on a
 * desktop and on a phone; and keeps a picture of each. Axe runs in a world of its own beside the page, as an extension
 * of the browser would: the policy of the page stays in force and is not asked.
 */
export class Tour {
  /** What is wrong, each with the state in which it was seen. A test expects none. */
  readonly findings: string[] = [];
  /** Paths of the pages that were looked at. */
  readonly paths = new Set<string>();
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #sameInAll: RegExp;
  /** By state: what it said in English. */
  readonly #english = new Map<string, Set<string>>();
  #world: Promise<number> | undefined;

  private constructor(page: Page, cdp: CDPSession, { sameInAll }: TourOptions) {
    [this.#page, this.#cdp, this.#sameInAll] = [page, cdp, sameInAll];
    page.on('domcontentloaded', () => (this.#world = undefined));
  }

  static async of(page: Page, options: TourOptions): Promise<Tour> {
    await mkdir(screenshotFolder(), { recursive: true });
    await page.setViewportSize(desktop);
    await page.emulateMedia({ colorScheme: 'light' });
    return new Tour(page, await page.context().newCDPSession(page), options);
  }

  /** Looks at what is there now, and leaves it as it was. @param state a name for it, also of its pictures */
  async see(state: string): Promise<void> {
    this.paths.add(new URL(this.#page.url()).pathname);
    if ((await this.#language()) === 'de') return this.#seeGerman(state);
    await this.#settle();
    this.#english.set(state, new Set(await this.#page.evaluate(visibleTexts)));
    await this.#check(state, 'light', levels);
    await this.#page.emulateMedia({ colorScheme: 'dark' });
    await this.#check(state, 'dark', colors);
    await this.#page.emulateMedia({ colorScheme: 'light' });
    await this.#page.setViewportSize(phone);
    await this.#check(state, 'phone', levels);
    await this.#page.setViewportSize(desktop);
    if (!(await this.choose('de'))) return;
    await this.#seeGerman(state);
    await this.choose('en');
  }

  /** Changes the language where the page has a choice of it. @returns whether it has */
  choose(tag: 'en' | 'de'): Promise<boolean> {
    return this.#page.evaluate((wanted) => {
      const select = document.querySelector(`option[lang="${wanted}"]`)?.closest('select');
      if (!select) return false;
      select.value = wanted;
      select.dispatchEvent(new Event('change', { bubbles: true }));
      return true;
    }, tag);
  }

  async #seeGerman(state: string): Promise<void> {
    await this.#settle();
    const english = this.#english.get(state) ?? new Set();
    for (const text of await this.#page.evaluate(visibleTexts))
      if (english.has(text) && !this.#sameInAll.test(text)) this.#found(state, 'german', `left in English: “${text}”`);
    await this.#look(state, 'german');
    await this.#page.setViewportSize(phone);
    await this.#look(state, 'german-phone');
    await this.#page.setViewportSize(desktop);
  }

  async #check(state: string, how: string, rules: RunOnly): Promise<void> {
    await this.#look(state, how);
    for (const { id, help, nodes } of await this.#axe(rules))
      for (const { target, failureSummary = '' } of nodes)
        this.#found(state, how, `${id}: ${help}: ${target.join(' ')} (${failureSummary.replace(/\s+/g, ' ')})`);
  }

  async #look(state: string, how: string): Promise<void> {
    await this.#settle();
    for (const look of [cutOff, clippedControls])
      for (const text of await this.#page.evaluate(look)) this.#found(state, how, text);
    await this.#page.screenshot({ path: join(screenshotFolder(), `${state}.${how}.png`) });
  }

  async #axe(runOnly: RunOnly): Promise<AxeResults['violations']> {
    const contextId = await (this.#world ??= this.#newWorld());
    const options = { runOnly, resultTypes: ['violations'], preload: false };
    const expression = `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`;
    return (await this.#evaluate(contextId, expression)) as AxeResults['violations'];
  }

  async #newWorld(): Promise<number> {
    const { frameTree } = await this.#cdp.send('Page.getFrameTree');
    const world = { frameId: frameTree.frame.id, worldName: 'axe' };
    const { executionContextId } = await this.#cdp.send('Page.createIsolatedWorld', world);
    await this.#evaluate(executionContextId, `${axeSource};0`);
    return executionContextId;
  }

  async #evaluate(contextId: number, expression: string): Promise<unknown> {
    const how = { contextId, expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#cdp.send('Runtime.evaluate', how);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  #language(): Promise<string> {
    return this.#page.evaluate(() => document.documentElement.lang);
  }

  /** Two frames: what was changed is laid out and painted. */
  async #settle(): Promise<void> {
    await this.#page.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
    );
  }

  #found(state: string, how: string, what: string): void {
    this.findings.push(`${state} (${how}): ${what}`);
  }
}
