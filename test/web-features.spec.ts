import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { copyWebSources } from './support/web-sources.js';

const run = promisify(execFile);
const builder = fileURLToPath(new URL('support/build-web-without.mjs', import.meta.url));
const sources = join(process.cwd(), 'clients/web/src');
/** Others may use these, and the app is nothing without them (features.ts says why). */
const core = ['access', 'projects', 'timeline'];

const listed = [...readFileSync(join(sources, 'features.ts'), 'utf8').matchAll(/^import '\.\/features\/(\w+)\//gm)].map(
  ([, name]) => name!,
);
const removable = listed.filter((name) => !core.includes(name));
const files = readdirSync(sources, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .map((path) => ({ path: relative(sources, path), code: readFileSync(path, 'utf8') }));
const outsideOf = (name: string) =>
  files.filter(({ path }) => !path.startsWith(`features/${name}/`) && path !== 'features.ts');

/** The pages of a feature, as patterns of the links that lead there. */
const pathsOf = (name: string): RegExp[] => {
  const { code } = files.find(({ path }) => path === `features/${name}/${name}.feature.ts`)!;
  return [...code.matchAll(/\bpath: '([^']+)'/g)].map(
    ([, path]) => new RegExp(`["'\`]${path!.replace(/:\w+/g, String.raw`(\$?\{[^}]+\})`)}["'\`]`),
  );
};

describe('A feature of the web app', () => {
  const base = mkdtempSync(join(tmpdir(), 'aerie-features-'));
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('has a line in the list, and a folder with its name', () => {
    expect([...listed].sort()).toEqual(readdirSync(join(sources, 'features')).sort());
    expect(removable.length).toBeGreaterThan(10);
  });

  it.each(removable)(
    'is deleted by its line and its folder: nothing else calls, imports or simply links to %s',
    (name) => {
      const uses = outsideOf(name).flatMap(({ path, code }) => [
        ...(new RegExp(`engine\\(\\)\\s*\\.${name}\\b|features/${name}/|\\.\\./${name}/`).test(code) ? [path] : []),
        // Another feature asks first whether there is such a page.
        ...pathsOf(name)
          .filter((link) => link.test(code.replaceAll(/pathTo\([^)]*\)/g, '')))
          .map((link) => `${path}: ${link.source}`),
      ]);
      expect(uses).toEqual([]);
    },
  );

  it('can be deleted, each by itself, and the rest builds', async () => {
    const web = copyWebSources(join(base, 'each'));
    await run(process.execPath, [builder, ...removable], { cwd: web, env: { ...process.env, NODE_ENV: 'production' } });
  }, 240_000);

  it('is missed by nobody, even where all that can be deleted are: types and build are whole', async () => {
    const web = copyWebSources(join(base, 'all'));
    const list = join(web, 'src/features.ts');
    const lines = readFileSync(list, 'utf8').split('\n');
    const isKept = (line: string): boolean => !removable.some((name) => line.includes(`/${name}/`));
    writeFileSync(list, lines.filter(isKept).join('\n'));
    for (const name of removable) rmSync(join(web, 'src/features', name), { recursive: true });
    const check = join(dirname(fileURLToPath(import.meta.resolve('svelte-check/package.json'))), 'bin/svelte-check');
    await run(process.execPath, [check, '--tsconfig', './tsconfig.json', '--fail-on-warnings'], { cwd: web });
  }, 120_000);
});
