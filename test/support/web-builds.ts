import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebRelease, policyOf } from '@aerie/protocol';
import type { Alter } from './tampering-proxy.js';

/** The web app as `npm run build` made it. */
export const webDist = fileURLToPath(new URL('../../clients/web/dist', import.meta.url));

export const readRelease = (folder: string): WebRelease =>
  JSON.parse(readFileSync(join(folder, 'aerie-web.json'), 'utf8')) as WebRelease;

/** A copy that a test may damage. */
export function copyOfWeb(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-'));
  cpSync(webDist, folder, { recursive: true });
  return folder;
}

const integrityOf = (octets: Buffer): string => `sha384-${createHash('sha384').update(octets).digest('base64')}`;

/** Another release, complete and true to itself: its icon differs, and so its service worker and its manifest. */
export function otherBuild(): string {
  const folder = copyOfWeb();
  const { serviceWorker, ...release } = readRelease(folder);
  const icon = Buffer.from(readFileSync(join(folder, 'icon.svg'), 'utf8').replace('</svg>', '<g/></svg>'));
  writeFileSync(join(folder, 'icon.svg'), icon);
  const entry = release.files['/icon.svg']!;
  const script = readFileSync(join(folder, serviceWorker), 'utf8').replace(entry.integrity, integrityOf(icon));
  const name = `/service-worker-${createHash('sha256').update(script).digest('hex').slice(0, 16)}.js`;
  writeFileSync(join(folder, serviceWorker), script);
  renameSync(join(folder, serviceWorker), join(folder, name));
  const { [serviceWorker]: worker, ...files } = release.files;
  files['/icon.svg'] = { ...entry, integrity: integrityOf(icon), bytes: icon.length };
  files[name] = { ...worker!, integrity: integrityOf(Buffer.from(script)), bytes: Buffer.byteLength(script) };
  writeFileSync(join(folder, 'aerie-web.json'), JSON.stringify({ ...release, serviceWorker: name, files }));
  return folder;
}

/** Answers files of that build in the place of the server's own. */
export function instead(folder: string): Alter {
  const release = readRelease(folder);
  return (path, answer) => {
    const name = path === '/' ? release.page : path;
    if (name !== '/aerie-web.json' && !release.files[name]) return answer;
    const { etag: _, ...kept } = answer.headers;
    const type = release.files[name]?.type ?? 'application/json';
    const headers = { ...kept, 'content-type': type, 'content-security-policy': policyOf(release, name) };
    return { status: 200, headers, body: readFileSync(join(folder, name)) };
  };
}
