import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);
const root = process.cwd();

/** The web app, and the parts of this repository it is made of, in a folder of their own; packages are linked. */
function copyTo(folder: string): void {
  const own = ['protocol', 'clients/sdk', 'clients/web'];
  const filter = (path: string): boolean => !/\/(node_modules|clients\/web\/dist)$/.test(path);
  for (const part of own) cpSync(join(root, part), join(folder, part), { recursive: true, filter });
  cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  mkdirSync(join(folder, 'node_modules/@aerie'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@aerie') symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  for (const part of ['protocol', 'clients/sdk'])
    symlinkSync(join(folder, part), join(folder, 'node_modules/@aerie', part.split('/').at(-1)!));
  symlinkSync(join(root, 'clients/web/node_modules'), join(folder, 'clients/web/node_modules'));
}

describe('The build of the web app', () => {
  const base = mkdtempSync(join(tmpdir(), 'aerie-reproducible-'));
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it('is the same, octet for octet, in whatever folder, language and time zone it is made', async () => {
    const places: [folder: string, env: NodeJS.ProcessEnv][] = [
      [join(base, 'one'), { TZ: 'UTC', LANG: 'C' }],
      [join(base, 'another folder/further down'), { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8' }],
    ];
    const manifests = await Promise.all(
      places.map(async ([folder, env]) => {
        copyTo(folder);
        const web = join(folder, 'clients/web');
        const vite = join(web, 'node_modules/vite/bin/vite.js');
        await run(process.execPath, [vite, 'build', '--logLevel', 'error'], {
          cwd: web,
          // Jest's own NODE_ENV would make another build.
          env: { ...process.env, NODE_ENV: 'production', ...env },
        });
        return readFileSync(join(web, 'dist/aerie-web.json'), 'utf8');
      }),
    );
    expect(manifests[0]).toContain('"serviceWorker": "/service-worker-');
    expect(manifests[1]).toBe(manifests[0]);
  });

  it('stays below 400 kB compressed, which a field network carries in a few seconds', () => {
    const dist = join(base, 'one/clients/web/dist');
    const { files } = JSON.parse(readFileSync(join(dist, 'aerie-web.json'), 'utf8')) as { files: object };
    const packed = Object.keys(files).map((name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length);
    expect(packed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(400_000);
  });
});
