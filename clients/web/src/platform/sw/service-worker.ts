/**
 * The pinned service worker: serves this build, and only this build, from its own cache, whatever the server would send
 * today. Another build takes over when the person at the screen has agreed to it (release/), never by itself. It has no
 * keys, and keeps nothing of what was decrypted.
 */
import { forgetOthers, keepBuild, pinned } from './pinned.js';
import { giveShared, shared } from './share.js';
import { streamed } from './stream.js';

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  // It is installed only where nothing was, or where the person agreed: there is nothing to wait for.
  event.waitUntil(keepBuild().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const answer = streamed(event, self.clients) ?? shared(event) ?? pinned(event);
  if (answer) event.respondWith(answer);
});

self.addEventListener('message', giveShared);
