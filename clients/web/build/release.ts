/**
 * Makes the build checkable. `addIntegrity` puts the SHA-384 of the page's script and style into the page (W3C
 * Subresource Integrity); `writeRelease` writes `aerie-web.json`: the SHA-384 of every file, and the policy to serve the
 * page with. The service worker's name carries its hash, so its octets never change under one name.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { type WebRelease, commonHeaders, policyOf, webReleasePath } from '@aerie/protocol';
import type { Plugin } from 'vite';

/** What the build replaces in the service worker (sw/pinned.ts). */
const pinnedMark = '__AERIE_BUILD__';

const integrityOf = (octets: string | Uint8Array): string =>
  `sha384-${createHash('sha384').update(octets).digest('base64')}`;

/** W3C Content Security Policy Level 3. `blob:` is for pictures and videos that were decrypted on this page. */
function contentSecurityPolicy(scripts: readonly string[], connectTo: readonly string[]): string {
  return [
    `default-src 'none'`,
    // WebAssembly: SHA-256 of files of any size, and Argon2.
    `script-src ${scripts.map((hash) => `'${hash}'`).join(' ')} 'wasm-unsafe-eval'`,
    `style-src 'self'`,
    `img-src 'self' blob:`,
    `media-src 'self' blob:`,
    `font-src 'none'`,
    `connect-src ${connectTo.join(' ')}`,
    `worker-src 'self'`,
    `manifest-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types aerie`,
  ].join('; ');
}

/** For the workers, which take their policy from their own response. */
const workerPolicy = (connectTo: readonly string[]): string =>
  `default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src ${connectTo.join(' ')}; require-trusted-types-for 'script'; trusted-types 'none'`;

export function addIntegrity(): Plugin {
  return {
    name: 'aerie:integrity',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const page = bundle['index.html'];
        if (page?.type !== 'asset') throw new Error('the build made no page');
        page.source = String(page.source).replace(
          /(src|href)="\/(assets\/[^"]+)"/g,
          (attribute, _name, file: string) => {
            const made = bundle[file];
            if (!made) throw new Error(`the page names ${file}, which the build did not make`);
            return `${attribute} integrity="${integrityOf(made.type === 'chunk' ? made.code : made.source)}"`;
          },
        );
      },
    },
  };
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

export function writeRelease(): Plugin {
  let folder = '';
  let connectTo: string[] = [];
  return {
    name: 'aerie:release',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
      // An app that is served from elsewhere may talk to its server, and to no other.
      const server: unknown = config.env.VITE_AERIE_SERVER;
      connectTo = [`'self'`, ...(typeof server === 'string' ? [new URL(server).origin] : [])];
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      handler: (failed?: Error) => (failed ? undefined : release(folder, connectTo)),
    },
  };
}

function release(folder: string, connectTo: readonly string[]): void {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<script[^>]* integrity="([^"]+)"/g)].map(([, hash]) => hash!);
  const served = {
    page: '/index.html',
    contentSecurityPolicy: contentSecurityPolicy(scripts, connectTo),
    workerPolicy: workerPolicy(connectTo),
  };
  const serviceWorker = pin(folder, served);
  const files = Object.fromEntries(namesIn(folder).map((name) => [name, describe(folder, name)]));
  const manifest = { format: 1, ...served, serviceWorker, files };
  writeFileSync(join(folder, webReleasePath), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Writes into the service worker what it is pinned to: every other file's hash, and the headers it answers them with, so
 * that these no longer depend on a server. @returns its name, which carries its hash
 */
function pin(folder: string, served: Omit<WebRelease, 'files' | 'format' | 'serviceWorker'>): string {
  const made = join(folder, 'service-worker.js');
  const files = namesIn(folder)
    .filter((name) => name !== '/service-worker.js')
    .map((name) => {
      const { integrity, type } = describe(folder, name);
      return [name, { integrity, type, policy: policyOf({ ...served, format: 1, serviceWorker: '' }, name) }];
    });
  const build = { page: served.page, headers: commonHeaders, files: Object.fromEntries(files) };
  const [before, after, ...more] = readFileSync(made, 'utf8').split(pinnedMark);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`the service worker must name ${pinnedMark} exactly once`);
  const script = `${before}${JSON.stringify(build)}${after}`;
  const name = `/service-worker-${createHash('sha256').update(script).digest('hex').slice(0, 16)}.js`;
  writeFileSync(made, script);
  renameSync(made, join(folder, name));
  return name;
}

const namesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && `/${entry.name}` !== webReleasePath)
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length))
    .sort();

function describe(folder: string, name: string): WebRelease['files'][string] {
  const octets = readFileSync(join(folder, name));
  const type = types[extname(name)];
  if (!type) throw new Error(`${name} has no media type; add it to build/release.ts`);
  return { integrity: integrityOf(octets), bytes: octets.length, type };
}
