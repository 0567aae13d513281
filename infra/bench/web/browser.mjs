/** The Chromium that the commands of this folder drive: headless, and kept from calling its makers. */
import { chromium } from 'playwright-core';

export const executablePath = process.env.AERIE_CHROMIUM ?? '/usr/bin/chromium';
export const browserArgs = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

export const launchChromium = () => chromium.launch({ executablePath, args: browserArgs });
