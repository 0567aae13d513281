import { get } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { hasBrowser, launchBrowser } from '../support/browser.js';
import { type ServerProcess, freePort, run, startProcess } from '../support/server.js';
import { copyOfWeb, readRelease, webDist } from '../support/web-builds.js';

const common = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy':
    'autoplay=(self), camera=(self), clipboard-write=(self), fullscreen=(self), picture-in-picture=(self), screen-wake-lock=(self), accelerometer=(), browsing-topics=(), clipboard-read=(), display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), keyboard-map=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()',
};
const inert = "default-src 'none'; frame-ancestors 'none'";
const html = { accept: 'text/html,*/*;q=0.8' };

describe('A browser is served the web app', () => {
  let server: ServerProcess;
  const other = 'https://app.example';
  const { contentSecurityPolicy, workerPolicy, serviceWorker, files } = readRelease(webDist);
  const engine = Object.keys(files).find((path) => path.includes('engine.worker'))!;

  beforeAll(async () => {
    server = await startProcess({ env: { AERIE_WEB_ORIGIN: other } });
  });
  afterAll(() => server.stop());

  it('with the same protective headers on every kind of route', async () => {
    const routes: [path: string, init: RequestInit, status: number, policy: string][] = [
      ['/', {}, 200, contentSecurityPolicy],
      ['/projects/7', { headers: html }, 200, contentSecurityPolicy],
      [engine, {}, 200, workerPolicy],
      [serviceWorker, {}, 200, workerPolicy],
      ['/icon.svg', {}, 200, inert],
      ['/aerie-web.json', {}, 200, inert],
      ['/assets/none.js', { headers: html }, 404, inert],
      ['/nothing', {}, 404, inert],
      ['/nothing', { method: 'POST' }, 404, inert],
      ['/api/v1/server', {}, 200, inert],
      ['/api/v1/sessions', { method: 'POST' }, 400, inert],
      ['/api/v1/projects', {}, 401, inert],
      ['/api/v1/nothing', { headers: html }, 404, inert],
      ['/api/openapi.json', {}, 200, inert],
      ['/health/live', {}, 200, inert],
      ['/health/nothing', { headers: html }, 404, inert],
    ];
    for (const [path, init, status, policy] of routes) {
      const answer = await fetch(server.url + path, init);
      const found = Object.fromEntries(Object.keys(common).map((name) => [name, answer.headers.get(name)]));
      expect([path, answer.status, found]).toEqual([path, status, common]);
      expect([path, answer.headers.get('content-security-policy')]).toEqual([path, policy]);
      await answer.arrayBuffer();
    }
  });

  it('with what never changes kept for ever, and the rest asked for again by its tag', async () => {
    const asset = await fetch(server.url + engine);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const page = await fetch(`${server.url}/`);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const headers = { 'if-none-match': page.headers.get('etag')! };
    expect((await fetch(`${server.url}/projects`, { headers: { ...headers, ...html } })).status).toBe(304);
    expect((await fetch(`${server.url}${engine}`, { headers })).status).toBe(200);
  });

  it('compressed as it asks for it', async () => {
    const fetched = (encoding: string) =>
      new Promise<[string, Buffer]>((done) => {
        get(server.url + engine, { headers: { 'accept-encoding': encoding } }, (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('end', () => done([response.headers['content-encoding'] ?? '-', Buffer.concat(pieces)]));
        });
      });
    const [, plain] = await fetched('identity');
    expect(plain.length).toBe(files[engine]!.bytes);
    const [brotli, small] = await fetched('gzip, deflate, br');
    expect([brotli, brotliDecompressSync(small).equals(plain)]).toEqual(['br', true]);
    const [zip, zipped] = await fetched('br;q=0, gzip;q=0.5');
    expect([zip, gunzipSync(zipped).equals(plain)]).toEqual(['gzip', true]);
    expect((await fetched('x-br, gzip;q=0'))[0]).toBe('-');
  });

  it('may call the API from an origin that is allowed, and from no other', async () => {
    const ask = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' };
    const preflight = (origin: string) =>
      fetch(`${server.url}/api/v1/uploads/x`, { method: 'OPTIONS', headers: { origin, ...ask } });
    const allowed = await preflight(other);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, other]);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('content-digest');
    expect(allowed.headers.get('access-control-allow-methods')).toContain('PUT');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await fetch(`${server.url}/api/v1/server`, { headers: { origin: other } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(other);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after');
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  (hasBrowser() ? it : it.skip)('and the API documentation, which still works under its policy', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
      await page.goto(`${server.url}/api/docs`);
      await page.getByText('/api/v1/server', { exact: true }).first().waitFor();
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it('finds nothing where none is to be served', async () => {
    const bare = await startProcess({ env: { AERIE_WEB_DIR: '' } });
    try {
      const answer = await fetch(`${bare.url}/`, { headers: html });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        expect.stringContaining('problem+json'),
      ]);
      expect(bare.logs()).toContain('npx aerie init');
      expect(bare.logs()).not.toContain('/setup#');
    } finally {
      await bare.stop();
    }
  });

  it('is never served a damaged build: the server refuses to start, and says which file', async () => {
    const folder = copyOfWeb();
    writeFileSync(join(folder, 'icon.svg'), '<svg/>');
    const refused = run('dist/main.js', {
      AERIE_WEB_DIR: folder,
      PORT: String(await freePort()),
      AERIE_DATA_DIR: folder,
    });
    expect(await refused.ended).toBe(1);
    expect(refused.logs()).toMatch(/Aerie cannot start: the web app in .* is damaged: \/icon\.svg/);
  });

  it('is shown a link to open, with the set-up token where no server sees it', () => {
    expect(server.logs()).toContain(`${server.url}/setup#${server.setupToken}`);
  });
});
