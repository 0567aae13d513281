import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { copyWebSources } from './support/web-sources.js';

const run = promisify(execFile);

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
        const web = copyWebSources(folder);
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
