import type { Page } from 'playwright-core';
import { deadline } from './deadline.js';

/** Enrolling makes keys (Argon2 among them), on a busy machine. */
const ms = 60_000;

/** On the page where a new device asks for approval. @returns what it shows */
export async function askForApproval(
  page: Page,
  { name, passphrase }: { name: string; passphrase: string },
): Promise<{ checkNumber: string }> {
  await page.getByLabel(/^Name of this (browser|device)$/).fill(name);
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Confirm passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Ask for approval' }).click();
  const checkNumber = page.getByTestId('check-number');
  await checkNumber.waitFor({ timeout: deadline(ms) });
  return { checkNumber: (await checkNumber.innerText()).trim() };
}

/** On the page where a member approves: which device waits there. Approve and refuse are its buttons. */
export async function waitingDevice(page: Page): Promise<{ name: string; checkNumber: string }> {
  const heading = page.getByRole('heading', { name: 'Does the other device show this number?' });
  await heading.waitFor({ timeout: deadline(ms) });
  const name = await page.locator('dd bdi').innerText();
  return { name, checkNumber: (await heading.locator('xpath=following-sibling::p[1]').innerText()).trim() };
}

/** On the page of uploads to a project: picks files, and waits until each has its receipt. */
export async function upload(page: Page, ...paths: string[]): Promise<void> {
  await page.locator('input[type="file"][multiple]').first().setInputFiles(paths);
  await page.getByText('Safe to erase the card').waitFor({ timeout: deadline(ms) });
}

/** Follows a link of the menu. */
export async function goTo(page: Page, entry: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main menu' }).getByRole('link', { name: entry, exact: true }).click();
}
