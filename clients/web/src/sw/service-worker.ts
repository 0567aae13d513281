/**
 * The pinned service worker: serves this build, and only this build, from its own cache, whatever the server would send
 * today. Another build takes over when the person at the screen has agreed to it (release/), never by itself.
 */
/// <reference lib="webworker" />
export {};
declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly { url: string; revision: string | null }[] };

const files = self.__WB_MANIFEST;
console.log(files.length);
