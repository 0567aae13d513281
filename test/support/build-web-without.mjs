/**
 * Builds the page and the engine of the web app in this folder, once for every list of features given as an argument
 * (`checks,exports`), without these: without their lines in features.ts and without their folders. Prints nothing; fails
 * where something that stays needs something that is gone. Only for a copy: it deletes.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const web = process.cwd();
const of = (name) => import(pathToFileURL(createRequire(join(web, 'vite.config.ts')).resolve(name)).href);
const [{ build }, { svelte }] = await Promise.all([of('vite'), of('@sveltejs/vite-plugin-svelte')]);

const list = join(web, 'src/features.ts');
const lines = readFileSync(list, 'utf8').split('\n');
const whole = join(web, 'src/features');
const aside = join(web, 'features-aside');
cpSync(whole, aside, { recursive: true });
/** No package has anything of a feature, so none is read. */
const isPackage = (id) => /^[@#]?[a-z]/.test(id) && !id.startsWith('virtual:');
const compiler = rememberCompiled(svelte());

for (const names of process.argv.slice(2)) {
  const gone = names.split(',');
  writeFileSync(list, lines.filter((line) => !gone.some((name) => line.includes(`/${name}/`))).join('\n'));
  for (const name of gone) rmSync(join(whole, name), { recursive: true });
  try {
    await build({
      root: web,
      configFile: false,
      logLevel: 'error',
      plugins: [compiler],
      worker: { format: 'es', rolldownOptions: { external: isPackage } },
      build: {
        write: false,
        minify: false,
        rolldownOptions: { external: isPackage, treeshake: false, output: { codeSplitting: false } },
      },
    });
  } catch (error) {
    throw new Error(`the web app does not build without ${names}`, { cause: error });
  }
  for (const name of gone) cpSync(join(aside, name), join(whole, name), { recursive: true });
}

/** The plugins with what they made of each source kept: of all that stays, every build would compile the same again. */
function rememberCompiled(plugins) {
  return plugins.map((plugin) => {
    if (!plugin.transform || !/^vite-plugin-svelte:compile/.test(plugin.name)) return plugin;
    const made = new Map();
    const { handler } = plugin.transform;
    plugin.transform.handler = async function (code, id, ...rest) {
      const key = `${id}\0${code}`;
      if (!made.has(key)) made.set(key, await handler.call(this, code, id, ...rest));
      return made.get(key);
    };
    return plugin;
  });
}
