/**
 * Makes the build checkable. `addIntegrity` puts the SHA-384 of the page's script and style into the page (W3C
 * Subresource Integrity); `writeRelease` writes `aerie-web.json`: the SHA-384 of every file, and the policy to serve the
 * page with. The service worker's name carries its hash, so its octets never change under one name.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { Plugin } from 'vite';

const integrityOf = (octets: string | Uint8Array): string =>
  `sha384-${createHash('sha384').update(octets).digest('base64')}`;

/** W3C Content Security Policy Level 3. `blob:` is for pictures and videos that were decrypted on this page. */
function contentSecurityPolicy(scripts: readonly string[]): string {
  return [
    `default-src 'none'`,
    // WebAssembly: SHA-256 of files of any size, and Argon2.
    `script-src ${scripts.map((hash) => `'${hash}'`).join(' ')} 'wasm-unsafe-eval'`,
    `style-src 'self'`,
    `img-src 'self' blob:`,
    `media-src 'self' blob:`,
    `font-src 'none'`,
    `connect-src 'self'`,
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
const workerPolicy = `default-src 'none'; script-src 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`;

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
        page.source = String(page.source).replace(/(src|href)="\/(assets\/[^"]+)"/g, (attribute, _name, file: string) => {
          const made = bundle[file];
          if (!made) throw new Error(`the page names ${file}, which the build did not make`);
          return `${attribute} integrity="${integrityOf(made.type === 'chunk' ? made.code : made.source)}"`;
        });
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
  return {
    name: 'aerie:release',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => void (folder = resolve(config.root, config.build.outDir)),
    closeBundle: {
      order: 'post',
      sequential: true,
      handler: (failed?: Error) => (failed ? undefined : release(folder)),
    },
  };
}

function release(folder: string): void {
  const workerHash = createHash('sha256').update(readFileSync(join(folder, 'service-worker.js'))).digest('hex');
  const serviceWorker = `/service-worker-${workerHash.slice(0, 16)}.js`;
  renameSync(join(folder, 'service-worker.js'), join(folder, serviceWorker));
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'aerie-web.json')
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length))
    .sort();
  const files = names.map((name) => {
    const octets = readFileSync(join(folder, name));
    const type = types[extname(name)];
    if (!type) throw new Error(`${name} has no media type; add it to build/release.ts`);
    return [name, { integrity: integrityOf(octets), bytes: octets.length, type }] as const;
  });
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<script[^>]* integrity="([^"]+)"/g)].map(([, hash]) => hash!);
  const manifest = {
    format: 1,
    page: '/index.html',
    serviceWorker,
    contentSecurityPolicy: contentSecurityPolicy(scripts),
    workerPolicy,
    files: Object.fromEntries(files),
  };
  writeFileSync(join(folder, 'aerie-web.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
