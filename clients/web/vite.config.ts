import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { addIntegrity, writeRelease } from './build/release.ts';
import { webManifest } from './build/web-manifest.ts';
import { leanZod } from './build/lean-zod.ts';

/** Where `npm run dev` finds a running server. */
const developmentServer = 'http://127.0.0.1:4120';

export default defineConfig({
  plugins: [
    leanZod(),
    svelte(),
    addIntegrity(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/platform/sw',
      filename: 'service-worker.ts',
      injectRegister: false,
      manifest: webManifest,
      // What it is pinned to is written in by writeRelease, when every other file is there.
      injectManifest: { injectionPoint: undefined, rollupFormat: 'iife' },
    }),
    writeRelease(),
  ],
  worker: {
    format: 'es',
    plugins: () => [leanZod()],
    // What says to a bundler that a call has no effects says nothing to a browser.
    rolldownOptions: { output: { comments: { annotation: false } } },
  },
  build: {
    target: 'es2022',
    outDir: 'dist',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: {
      // One script for the page: a policy of hashes cannot name what a script imports later.
      output: { codeSplitting: false },
      // The page takes a frame of a video from the SDK; schemas and keys, which come with the index of the protocol, do not
      // belong to it. The workers are built apart, with all of it.
      treeshake: { moduleSideEffects: (id) => !/\/(sdk|protocol)\/dist\//.test(id) },
    },
  },
  server: { proxy: { '/api': developmentServer, '/health': developmentServer } },
});
