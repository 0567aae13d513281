import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { deadline } from './deadline.js';
import { startServer, type RunningServer, type ServerOptions } from './server.js';

const repository = resolve(fileURLToPath(import.meta.url), '../../..');
const builtApp = join(repository, 'clients/web/dist');
/** Argon2 and the keys of an organization, on a busy machine. */
const keysMs = 60_000;

/** A server as startServer() makes it, which serves the built web app (`npm run build`) as well. */
export function startWeb(options: ServerOptions = {}): Promise<RunningServer> {
  if (!existsSync(join(builtApp, 'aerie-web.json'))) throw new Error('clients/web is not built: run `npm run build`');
  return startServer({ ...options, env: { AERIE_WEB_DIR: builtApp, ...options.env } });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors on the console, breaches of the page's policy, and requests to other origins. A test expects none. */
  readonly faults: string[];
}

/** What a browser writes about every refusal of a server; what the page makes of it is seen on the page. */
const isRefusal = (text: string): boolean => text.startsWith('Failed to load resource');

/** Opens a page, and writes down what must not happen on it, in its workers included. */
export async function openPage(browser: BrowserContext, url: string): Promise<WatchedPage> {
  const page = await browser.newPage();
  const faults: string[] = [];
  const { origin } = new URL(url);
  browser.on('request', (request) => {
    const to = new URL(request.url());
    if (/^(https?|wss?):$/.test(to.protocol) && to.origin !== origin) faults.push(`request to ${to.origin}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusal(message.text())) faults.push(`console: ${message.text()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
      console.error(`policy ${violatedDirective} kept out ${blockedURI} in ${sourceFile}`),
    );
  });
  await page.goto(url);
  return { page, faults };
}

export interface SetUpOptions {
  readonly organization?: string;
  readonly owner?: string;
  readonly passphrase?: string;
  readonly project?: string;
  readonly previews?: 'sealed' | 'assisted' | 'none';
}

export const webPassphrase = 'a kestrel over the harbour';

/** Walks the wizard of a new server to the page of the first project. The page is in English. @returns what the kit says */
export async function setUp(
  page: Page,
  server: RunningServer,
  {
    organization = 'Kestrel Survey',
    owner = 'Ada',
    passphrase = webPassphrase,
    project = 'Harbour',
    previews = 'sealed',
  }: SetUpOptions = {},
): Promise<{ accountKey: string; projectId: string }> {
  await page.goto(`${server.url}/setup#${server.setupToken}`);
  await page.getByLabel('Name of your organization').fill(organization);
  await page.getByLabel('Your name').fill(owner);
  await page.getByRole('button', { name: 'Next' }).click();
  const accountKey = await makeKeys(page, passphrase);
  await page.getByRole('button', { name: 'I’ve saved my recovery kit' }).click();
  await page.getByLabel('Account key').fill(accountKey);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByLabel('Name of the project').fill(project);
  await page.locator(`input[value="${previews}"]`).check();
  await page.getByRole('button', { name: 'Create the project' }).click();
  await page.waitForURL(/\/projects\/[0-9a-f-]{36}$/, { timeout: deadline(keysMs) });
  return { accountKey, projectId: new URL(page.url()).pathname.split('/').at(-1)! };
}

/** From the passphrase page of the wizard to the page with the kit. @returns the account key, in groups */
export async function makeKeys(page: Page, passphrase: string): Promise<string> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Confirm passphrase').fill(passphrase);
  await page.getByRole('button', { name: 'Make my keys' }).click();
  const accountKey = page.getByTestId('account-key');
  await accountKey.waitFor({ timeout: deadline(keysMs) });
  return (await accountKey.innerText()).trim().replace(/\s+/g, '-');
}

/** On the page of a locked browser. */
export async function unlock(page: Page, passphrase: string = webPassphrase): Promise<void> {
  await page.getByLabel('Passphrase of this browser').fill(passphrase);
  await page.getByRole('button', { name: 'Unlock' }).click();
}
