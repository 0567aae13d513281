/** What belongs to this release of the CLI and lies beside its bundle, which is where these paths start. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const { version } = JSON.parse(readFileSync(beside('../package.json'), 'utf8')) as { version: string };

/** The manifest of the web app of this release; the build puts it here. */
export const shippedWeb = beside('aerie-web.json');
