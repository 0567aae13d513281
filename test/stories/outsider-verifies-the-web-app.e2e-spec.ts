import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cli } from '../support/cli.js';
import { type RunningServer, startServer } from '../support/server.js';
import { type Alter, type TamperingProxy, startTamperingProxy } from '../support/tampering-proxy.js';
import { copyOfWeb, instead, otherBuild, readRelease, webDist } from '../support/web-builds.js';

describe('An outsider verifies the web app that a server hands out', () => {
  let server: RunningServer;
  let proxy: TamperingProxy;
  const cli = new Cli();
  const { page, serviceWorker, files } = readRelease(webDist);
  const engine = Object.keys(files).find((path) => path.includes('engine.worker'))!;

  beforeAll(async () => {
    server = await startServer();
    proxy = await startTamperingProxy(server.url);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  const changing =
    (wanted: string, change: (text: string) => string): Alter =>
    (path, answer) =>
      path === wanted ? { ...answer, body: Buffer.from(change(answer.body.toString('latin1')), 'latin1') } : answer;
  const adding =
    (headers: Record<string, string>): Alter =>
    (_, answer) => ({ ...answer, headers: { ...answer.headers, ...headers } });
  const withoutOpenerPolicy: Alter = (
    _,
    { headers: { 'cross-origin-opener-policy': _gone, ...headers }, ...rest },
  ) => ({
    ...rest,
    headers,
  });

  /** `path: what` of every difference found. */
  async function differences(alter: Alter | undefined): Promise<string[]> {
    proxy.alter = alter;
    const { code, json } = await cli.run('verify-web', proxy.url);
    expect(code).toBe(json.differences.length > 0 ? 1 : 0);
    return json.differences.map((one: { path: string; what: string }) => `${one.path}: ${one.what}`);
  }

  it('finds nothing to say of an honest server', async () => {
    expect(await differences(undefined)).toEqual([]);
    const { stdout, code } = await cli.say('verify-web', `${proxy.url}/projects?x=1`);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/serves the web app as released[^]*Release( [0-9a-f]{8}){8}/),
    ]);
  });

  it('names the asset in which one octet is changed', async () => {
    const flip = (text: string): string =>
      text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1);
    expect(await differences(changing(engine, flip))).toEqual([`${engine}: octets`]);
  });

  it('names the page to which a script is added, also where only some paths get it', async () => {
    const add = (text: string): string => text.replace('</body>', '<script src="/assets/more.js"></script></body>');
    expect(await differences(changing('/', add))).toEqual(['/: octets']);
    expect(await differences(changing('/projects', add))).toEqual(['/projects: octets']);
    expect(await differences(changing(page, add))).toEqual([`${page}: octets`]);
  });

  it('names the service worker that is changed only for the browser that installs it', async () => {
    const change = changing(serviceWorker, (text) => `${text};`);
    const alter: Alter = (path, answer, asked) =>
      asked['service-worker'] === 'script' ? change(path, answer, asked) : answer;
    expect(await differences(alter)).toEqual([`${serviceWorker}: octets`]);
  });

  it('names a policy that is weakened, and a header that is missing or too many', async () => {
    const wider = await differences(adding({ 'content-security-policy': "script-src 'self' 'unsafe-inline'" }));
    expect(wider).toContain('/: content-security-policy');
    expect(wider).toContain(`${engine}: content-security-policy`);
    expect(await differences(withoutOpenerPolicy)).toContain('/: cross-origin-opener-policy');
    expect(await differences(adding({ 'clear-site-data': '"storage"' }))).toContain('/: clear-site-data');
  });

  it('names a file that is missing or only sent on', async () => {
    const gone: Alter = (path, answer) =>
      path === engine ? { ...answer, status: 302, headers: { location: '/assets/other.js' } } : answer;
    expect(await differences(gone)).toEqual([`${engine}: status`]);
  });

  it('compares another release with the manifest it is given', async () => {
    const other = otherBuild();
    expect(await differences(instead(other))).toContain('/icon.svg: octets');
    const { json } = await cli.run('verify-web', proxy.url, '--against', join(other, 'aerie-web.json'));
    expect(json.differences).toEqual([]);
  });

  it('says what is wrong with an address or a manifest it cannot use', async () => {
    const folder = copyOfWeb();
    writeFileSync(join(folder, 'aerie-web.json'), '{"format":2}');
    const codes = async (...args: string[]) => (await cli.run('verify-web', ...args)).json.error.code;
    expect(await codes('ftp://example.org')).toBe('usage.invalid');
    expect(await codes('http://127.0.0.1:1')).toBe('web.unreachable');
    expect(await codes(server.url, '--against', join(folder, 'aerie-web.json'))).toBe('web.bad_manifest');
    expect(await codes(server.url, '--against', join(folder, 'nothing.json'))).toBe('file.missing');
  });
});
