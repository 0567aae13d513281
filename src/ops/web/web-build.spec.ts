import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { WebBuild } from './web-build.js';

const script = 'export const text = "again and again";\n'.repeat(100);
const contents: Record<string, string> = {
  '/index.html': '<!doctype html><title>Aerie</title>',
  '/assets/app-1.js': script,
  '/icon.png': 'not a picture'.repeat(200),
  '/service-worker-0123456789abcdef.js': 'self.x=1',
};
const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', png: 'image/png' };
const manifest = {
  format: 1,
  page: '/index.html',
  serviceWorker: '/service-worker-0123456789abcdef.js',
  contentSecurityPolicy: "default-src 'none'; script-src 'sha384-x'",
  workerPolicy: "default-src 'none'; connect-src 'self'",
  files: Object.fromEntries(
    Object.entries(contents).map(([path, text]) => [
      path,
      {
        integrity: `sha384-${createHash('sha384').update(text).digest('base64')}`,
        bytes: text.length,
        type: types[path.split('.')[1]!],
      },
    ]),
  ),
};

function build(changed: Record<string, string | null> = {}, release: object = manifest): string {
  const folder = mkdtempSync(join(tmpdir(), 'aerie-web-build-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'aerie-web.json'), JSON.stringify(release));
  for (const [path, text] of Object.entries({ ...contents, ...changed }))
    if (text !== null) writeFileSync(join(folder, path), text);
  return folder;
}

describe('The build of the web app that the server serves', () => {
  it.each([
    ['a file that is not the one of the build', { '/assets/app-1.js': `${script} ` }, '/assets/app-1.js'],
    ['a file that is missing', { '/icon.png': null }, '/icon.png'],
  ])('is refused with %s, by name', async (_, changed, name) => {
    await expect(WebBuild.read(build(changed))).rejects.toThrow(new RegExp(`${name}.*npm run build`));
  });

  it.each([
    ['of another format', { ...manifest, format: 2 }],
    [
      'that names a file outside the folder',
      { ...manifest, files: { ...manifest.files, '/../secret': manifest.files['/icon.png'] } },
    ],
    ['without its own page', { ...manifest, page: '/other.html' }],
    ['whose policy would begin another header', { ...manifest, workerPolicy: "default-src 'none'\r\nx: y" }],
  ])('is refused with a manifest %s', async (_, release) => {
    await expect(WebBuild.read(build({}, release))).rejects.toThrow('cannot be read');
  });

  it('is refused where there is none', async () => {
    await expect(WebBuild.read('/nowhere/at/all')).rejects.toThrow('AERIE_WEB_DIR');
  });

  it('is served from memory: a folder that changes later changes nothing', async () => {
    const folder = build();
    const read = await WebBuild.read(folder);
    rmSync(folder, { recursive: true });
    cpSync(build({ '/index.html': 'planted' }), folder, { recursive: true });
    expect(read.find('/', true)?.octets.identity.toString()).toBe(contents['/index.html']);
  });

  it('has every path that a person opens for the page, and none that a program asks for in vain', async () => {
    const read = await WebBuild.read(build());
    const page = read.find('/', false);
    expect(page?.octets.identity.toString()).toBe(contents['/index.html']);
    expect(read.find('/projects/7', true)).toBe(page);
    expect(read.find('/projects/7', false)).toBeUndefined();
    expect(read.find('/assets/app-2.js', true)).toBeUndefined();
    expect(read.find('/icon.png', true)?.octets.identity.toString()).toBe(contents['/icon.png']);
  });

  it('compresses what gets smaller, and it is the same again', async () => {
    const read = await WebBuild.read(build());
    const { br, gzip, identity } = read.find('/assets/app-1.js', false)!.octets;
    expect(brotliDecompressSync(br!).equals(identity)).toBe(true);
    expect(gunzipSync(gzip!).equals(identity)).toBe(true);
    expect(br!.length).toBeLessThan(identity.length / 10);
    expect(Object.keys(read.find('/icon.png', false)!.octets)).toEqual(['identity']);
  });

  it('gives the page, its scripts and the rest each their own policy', async () => {
    const read = await WebBuild.read(build());
    const policy = (path: string) => read.find(path, false)?.headers['content-security-policy'];
    expect(policy('/')).toBe(manifest.contentSecurityPolicy);
    expect(policy('/assets/app-1.js')).toBe(manifest.workerPolicy);
    expect(policy('/service-worker-0123456789abcdef.js')).toBe(manifest.workerPolicy);
    expect(policy('/icon.png')).toBe("default-src 'none'; frame-ancestors 'none'");
  });
});
