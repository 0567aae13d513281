import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page, Worker } from 'playwright-core';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { deadline } from '../support/deadline.js';
import { startRecordingProxy, type RecordingProxy } from '../support/recording-proxy.js';
import type { RunningServer } from '../support/server.js';
import { openPage, startWeb } from '../support/web.js';

const stranger = 'http://stranger.example';

/**
 * What an attacker would try who can put words of their own into the page. Runs in a task of its own, as
 * nothing may come of being called by a debugger. @returns what became of each: how it was refused, or that it ran
 */
/* eslint-disable no-restricted-syntax -- tasks of the page, and text as one of the attempts */
async function tryEverything(msMax: number): Promise<Record<string, string>> {
  const marks = window as unknown as Record<string, string | undefined>;
  type Policies = { createPolicy(name: string, rules: { createHTML: typeof String }): { readonly name: string } };
  const { trustedTypes } = window as unknown as { readonly trustedTypes: Policies };
  const script = (fill: (element: HTMLScriptElement) => void) => () => {
    const element = document.createElement('script');
    fill(element);
    document.body.append(element);
  };
  const attempts: Record<string, () => unknown> = {
    'markup in innerHTML': () => {
      const element = document.createElement('div');
      element.innerHTML = '<b>1</b>';
      marks['markup in innerHTML'] = element.innerHTML;
    },
    'markup parsed': () => (marks['markup parsed'] = new DOMParser().parseFromString('<b>1</b>', 'text/html').title),
    'eval of text': () => (marks['eval of text'] = String((0, eval)('1 + 1'))),
    'new Function': () => (marks['new Function'] = String(new Function('return 1')())),
    'text in setTimeout': () => setTimeout("window['text in setTimeout'] = 'ran'"),
    'text of a script': script((element) => (element.textContent = "window['text of a script'] = 'ran'")),
    'text node of a script': script((element) => element.append("window['text node of a script'] = 'ran'")),
    'address of a script': script(
      (element) => (element.src = `data:text/javascript,window['address of a script'] = 'ran'`),
    ),
    'worker from a blob': () =>
      (marks['worker from a blob'] = String(new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))))),
    'handler in an attribute': () => {
      const button = document.createElement('button');
      button.setAttribute('onclick', "window['handler in an attribute'] = 'ran'");
      document.body.append(button);
      button.click();
    },
    'address of javascript': () => {
      const link = document.createElement('a');
      link.href = "javascript:window['address of javascript'] = 'ran'; void 0";
      document.body.append(link);
      link.click();
    },
    'style in an attribute': () => {
      const element = document.createElement('p');
      element.setAttribute('style', 'width: 7px');
      if (element.style.width) marks['style in an attribute'] = 'applied';
    },
    'a policy of its own': () =>
      (marks['a policy of its own'] = trustedTypes.createPolicy(`own-${Date.now()}`, { createHTML: String }).name),
  };
  const task = () => new Promise<void>((done) => setTimeout(done));
  const came: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    let [refused, reported] = ['', ''];
    const report = (event: SecurityPolicyViolationEvent) => (reported = `refused: ${event.effectiveDirective}`);
    document.addEventListener('securitypolicyviolation', report, { once: true });
    await task();
    try {
      attempt();
    } catch (error) {
      refused = `refused: ${(error as Error).name}`;
    }
    for (const end = Date.now() + msMax; !(name in marks) && !reported && Date.now() < end;) await task();
    document.removeEventListener('securitypolicyviolation', report);
    came[name] = name in marks ? 'ran' : refused || reported || 'nothing happened';
  }
  return came;
}
/* eslint-enable no-restricted-syntax */

(hasBrowser() ? describe : describe.skip)('The policy of the page', () => {
  let server: RunningServer;
  let proxy: RecordingProxy;
  let browser: BrowserContext;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    server = await startWeb();
    proxy = await startRecordingProxy(server.url);
    browser = await launchBrowser({ proxy: proxy.url });
    ({ page, faults } = await openPage(browser, server.url));
    await page.getByRole('heading', { name: 'Welcome to Aerie' }).waitFor();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
  }, 60_000);

  /** A page without a policy: what is refused on ours does work. */
  const elsewhere = async (): Promise<Page> => {
    const other = await browser.newPage();
    await other.goto('about:blank');
    return other;
  };

  it('keeps an ordinary visit free of faults', () => {
    expect(faults).toEqual([]);
    expect(proxy.passed()).toBeGreaterThan(3);
    expect(proxy.strangers).toEqual([]);
  });

  it('refuses every way to run words as code', async () => {
    const came = await page.evaluate(tryEverything, deadline(10_000));
    expect(Object.keys(came).length).toBeGreaterThan(12);
    expect(Object.entries(came).filter(([, what]) => !what.startsWith('refused: '))).toEqual([]);
    expect(came).toMatchObject({
      'markup in innerHTML': 'refused: TypeError',
      'eval of text': 'refused: EvalError',
      'text in setTimeout': 'refused: TypeError',
      'text of a script': 'refused: TypeError',
      'worker from a blob': 'refused: TypeError',
    });
    expect(faults.length).toBeGreaterThan(5);
  });

  it('is what refuses them: where there is none, all of them run', async () => {
    const other = await elsewhere();
    const came = await other.evaluate(tryEverything, deadline(10_000));
    await other.close();
    expect(Object.entries(came).filter(([, what]) => what !== 'ran')).toEqual([]);
  });

  it('holds in the worker that has the keys, too', async () => {
    const engine: Worker = page.workers().find((worker) => worker.url().includes('engine'))!;
    const came = await engine.evaluate(
      () =>
        new Promise<string>((done) =>
          // eslint-disable-next-line no-restricted-syntax -- a task of the worker's own
          setTimeout(() => {
            try {
              done(`ran: ${String((0, eval)('1 + 1'))}`);
            } catch (error) {
              done((error as Error).name);
            }
          }),
        ),
    );
    expect(came).toBe('EvalError');
    const reached = await engine.evaluate((url) => fetch(url).then(String, String), `${stranger}/from-the-engine`);
    expect(reached).toContain('Failed to fetch');
    expect(proxy.strangers).toEqual([]);
  });

  it('lets nothing reach another origin, where a page without it would', async () => {
    const reach = (base: string) =>
      Promise.allSettled([
        fetch(`${base}/fetch`, { mode: 'no-cors' }),
        new Promise((done) => Object.assign(new Image(), { src: `${base}/image`, onload: done, onerror: done })),
        new Promise((done) => {
          const frame = Object.assign(document.createElement('iframe'), { src: `${base}/frame`, onload: done });
          document.body.append(frame);
        }),
      ]).then(() => navigator.sendBeacon(`${base}/beacon`));
    await page.evaluate(reach, stranger);
    expect(proxy.strangers).toEqual([]);
    const other = await elsewhere();
    await other.evaluate(reach, stranger);
    expect(proxy.strangers).toEqual(
      expect.arrayContaining([`GET ${stranger}/fetch`, `GET ${stranger}/image`, `GET ${stranger}/frame`]),
    );
    await other.close();
  });
});
