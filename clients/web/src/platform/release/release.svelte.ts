/**
 * Which build of this app the browser keeps to. The first one it meets is pinned (sw/); another one that the server
 * offers is taken only when the person here agrees. What cannot be an honest new release is told as an attack.
 */
import { ownScript } from '../engine/own-scripts.js';
import type { ReleaseFault } from './release-messages.js';

export type ReleaseNews =
  /** `hash`: SHA-256 of the release manifest, as `aerie verify-web` prints it. */
  | { readonly kind: 'offered'; readonly hash: string; readonly serviceWorker: string }
  | { readonly kind: 'alarm'; readonly path: string };

const manifestPath = '/aerie-web.json';
const storageKey = 'aerie.release';
const lookMs = 60 * 60 * 1000;

class Release {
  news: ReleaseNews | null = $state.raw(null);
  /** The hash that was last put off; asked for again after the next start. */
  #declined = '';

  /** Pins, watches and looks now and every hour; call once. */
  watch(): void {
    if (!import.meta.env.PROD || !navigator.serviceWorker) return;
    navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<ReleaseFault>) => {
      if (data.type === 'aerie.release-fault') this.#alarm(data.path);
    });
    navigator.serviceWorker.addEventListener('controllerchange', () => this.#controllerChanged());
    void this.look();
    setInterval(() => void this.look(), lookMs);
  }

  /** Asks the server which release it has. Silent where it cannot be reached. */
  async look(): Promise<void> {
    const offered = await fetchManifest();
    if (!offered) return;
    const registration = await navigator.serviceWorker.getRegistration('/');
    if (!registration) return this.#pin(offered);
    this.#guard(registration);
    const pinned = pathOf(registration.active);
    if (!pinned) return;
    if (await isOtherUnderItsName(pinned)) return this.#alarm(pinned);
    if (pinned !== offered.serviceWorker) this.#offer(offered);
    // One name, one build: the same worker in another release was not made by our build.
    else if ((localStorage.getItem(storageKey) ?? offered.hash) !== offered.hash) this.#alarm(manifestPath);
  }

  /** Takes the offered build, and loads the page again with it. @throws where a file of it cannot be had or is not what it names */
  async accept(): Promise<void> {
    if (this.news?.kind !== 'offered') return;
    const { hash } = this.news;
    const offered = await fetchManifest();
    if (offered?.hash !== hash) return this.look();
    const before = localStorage.getItem(storageKey);
    localStorage.setItem(storageKey, hash);
    try {
      await install(offered.serviceWorker);
    } catch (error) {
      if (before !== null) localStorage.setItem(storageKey, before);
      throw error;
    }
  }

  decline(): void {
    if (this.news?.kind !== 'offered') return;
    this.#declined = this.news.hash;
    this.news = null;
  }

  async #pin({ serviceWorker, hash }: Manifest): Promise<void> {
    localStorage.setItem(storageKey, hash);
    // Without it the app works, online; the next start tries again.
    await install(serviceWorker).catch(() => localStorage.removeItem(storageKey));
  }

  /** A browser itself fetches the worker's script again, and would run what it finds there (Service Workers, 9.2). */
  #guard(registration: ServiceWorkerRegistration): void {
    const check = (): void => {
      const changed = pathOf(registration.installing ?? registration.waiting);
      if (changed && changed === pathOf(registration.active)) this.#alarm(changed);
    };
    registration.onupdatefound = check;
    check();
  }

  /** Loads the page again with the build that was agreed to, in this tab or another. */
  #controllerChanged(): void {
    const now = pathOf(navigator.serviceWorker.controller);
    if (now === startedWith) this.#alarm(now);
    else if (startedWith) location.reload();
    else startedWith = now;
  }

  #offer({ hash, serviceWorker }: Manifest): void {
    if (this.news?.kind !== 'alarm' && hash !== this.#declined) this.news = { kind: 'offered', hash, serviceWorker };
  }

  #alarm(path: string): void {
    this.news = { kind: 'alarm', path };
  }
}
export const release = new Release();

/** The worker that served this page; empty before the first one has taken it over. */
let startedWith = pathOf(navigator.serviceWorker?.controller ?? null);

function pathOf(worker: ServiceWorker | null): string {
  return worker ? new URL(worker.scriptURL).pathname : '';
}

interface Manifest {
  readonly serviceWorker: string;
  readonly hash: string;
}

async function fetchManifest(): Promise<Manifest | null> {
  try {
    const answer = await fetch(manifestPath, { cache: 'no-store' });
    if (!answer.ok) return null;
    const octets = await answer.arrayBuffer();
    const { serviceWorker } = JSON.parse(new TextDecoder().decode(octets)) as Manifest;
    return { serviceWorker, hash: await sha256(octets) };
  } catch {
    return null;
  }
}

/** A worker's name carries the hash of its octets. That the server no longer has it, or sends a page instead, is no fault. */
async function isOtherUnderItsName(path: string): Promise<boolean> {
  const octets = await fetch(path, { cache: 'no-store' }).then(
    (answer) => (answer.headers.get('content-type')?.includes('javascript') ? answer.arrayBuffer() : null),
    () => null,
  );
  return octets !== null && !path.includes(`-${(await sha256(octets)).slice(0, 16)}.`);
}

async function sha256(octets: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
  return [...hash].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** @throws where the worker did not get all its files */
async function install(path: string): Promise<void> {
  // Trusted Types: the address goes in as the policy made it (own-scripts.ts).
  const registration = await navigator.serviceWorker.register(ownScript(path), { scope: '/', updateViaCache: 'none' });
  const worker = registration.installing;
  if (!worker) return;
  await new Promise<void>((resolve, reject) => {
    worker.onstatechange = () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('the new version did not arrive whole'));
    };
  });
}
