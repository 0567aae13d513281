/**
 * The files of one build, out of this worker's own cache. Each was compared with the SHA-384 that the build wrote into
 * this script, and is answered with the headers that the build wrote beside it: what the server sends today is never asked.
 */
import type { ReleaseFault } from '../release/release-messages.js';

interface PinnedFile {
  readonly integrity: string;
  readonly type: string;
  readonly policy: string;
}
/** The build puts the facts in the place of this word (build/release.ts). */
declare const __AERIE_BUILD__: {
  readonly page: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, PinnedFile>>;
};
declare const self: ServiceWorkerGlobalScope;

const build = __AERIE_BUILD__;
const cachePrefix = 'aerie-build:';
/** The worker's name carries its hash, and with it that of every file. */
const cacheName = `${cachePrefix}${self.location.pathname}`;

/** Fetches every file of the build. @throws where one is missing or is not the file of the build; nothing is used then */
export async function keepBuild(): Promise<void> {
  await Promise.all(Object.keys(build.files).map(fetchChecked));
}

/** The builds before this one are no longer needed. */
export async function forgetOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(cachePrefix) && name !== cacheName).map((name) => caches.delete(name)),
  );
}

/** @returns null for what only the server can answer: the API, its health, and which release it has */
export function pinned({ request }: FetchEvent): Promise<Response> | null {
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return null;
  // Whatever the path: nothing that the server sends becomes a page of this origin.
  if (request.mode === 'navigate') return kept(build.page);
  if (pathname in build.files) return kept(pathname);
  if (/^\/(api|health)\/|^\/(aerie-web\.json|service-worker-[0-9a-f]+\.js)$/.test(pathname)) return null;
  return Promise.resolve(new Response(null, { status: 404 }));
}

async function kept(path: string): Promise<Response> {
  // The browser may have cleared the cache to make room.
  return (await (await caches.open(cacheName)).match(path)) ?? (await fetchChecked(path));
}

async function fetchChecked(path: string): Promise<Response> {
  const { integrity, type, policy } = build.files[path]!;
  const answer = await fetch(path, { cache: 'no-cache', credentials: 'omit' });
  if (!answer.ok) throw new Error(`${path}: the server answers ${answer.status}`);
  const octets = await answer.arrayBuffer();
  if ((await integrityOf(octets)) !== integrity) {
    await tellPages({ type: 'aerie.release-fault', path });
    throw new Error(`${path} is not the file of this build`);
  }
  const headers = { ...build.headers, 'content-type': type, 'content-security-policy': policy };
  const response = new Response(octets, { headers });
  await (await caches.open(cacheName)).put(path, response.clone());
  return response;
}

/** W3C Subresource Integrity, 3.2. `fetch` could compare by itself, but would not tell a wrong file from a lost network. */
async function integrityOf(octets: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-384', octets));
  return `sha384-${btoa(String.fromCharCode(...hash))}`;
}

async function tellPages(fault: ReleaseFault): Promise<void> {
  for (const page of await self.clients.matchAll({ includeUncontrolled: true, type: 'window' }))
    page.postMessage(fault);
}
