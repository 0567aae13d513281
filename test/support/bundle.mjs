/**
 * Bundles modules for a browser, from source: `node bundle.mjs '{"page": "test/support/pages/some.page.ts"}'` prints a
 * list of [file name, text] as JSON. A program of its own, because the bundler's native half takes no objects that were
 * made in the realm of a test.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const repository = resolve(fileURLToPath(import.meta.url), '../../..');
const entries = Object.entries(JSON.parse(process.argv[2]));
const build = await rolldown({
  input: Object.fromEntries(entries.map(([name, path]) => [name, join(repository, path)])),
  platform: 'browser',
  logLevel: 'silent',
  resolve: {
    alias: {
      '@aerie/protocol': join(repository, 'protocol/src/index.ts'),
      '#public-primitives': join(repository, 'protocol/src/primitives/web.ts'),
      '#primitives': join(repository, 'clients/sdk/src/platform/browser/primitives.ts'),
    },
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
});
const { output } = await build.generate({ format: 'esm', entryFileNames: '[name].js' });
await build.close();
process.stdout.write(JSON.stringify(output.map(({ fileName, code }) => [fileName, code])));
