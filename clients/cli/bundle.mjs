/**
 * Makes `dist/aerie.cjs`, the whole CLI in one CommonJS file: a short command would spend most of its time on finding
 * and loading two hundred small modules (docs/decisions/0013-cli-bundle.md). What draws pictures is a second file, for
 * the commands that do. Packages with native parts stay outside, and openpgp.js does as an unmodified module.
 */
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const drawsPictures = /\/(renditions|bands)\.js$/;

const build = await rolldown({
  input: { main: path('dist/main.js') },
  platform: 'node',
  external: ['openpgp', 'sharp'],
  // Imports that nothing is gained by: everything but the pictures is one file on purpose.
  checks: { ineffectiveDynamicImport: false },
});
await build.write({
  dir: path('dist'),
  format: 'cjs',
  entryFileNames: 'aerie.cjs',
  chunkFileNames: 'aerie-[name].cjs',
  codeSplitting: { groups: [{ name: 'all', test: (id) => !drawsPictures.test(id) }] },
});
await build.close();
