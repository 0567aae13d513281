import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { segmentBytes } from '@aerie/protocol';
import { leaveOut } from './support/left-out.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

let scratch: string;
beforeAll(() => void (scratch = mkdtempSync(join(tmpdir(), 'aerie-proxies-'))));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('The reverse-proxy examples', () => {
  it('let a whole part through and stream it', () => {
    const nginx = read('infra/proxy/nginx.conf');
    const megabytes = Number(/client_max_body_size (\d+)m;/.exec(nginx)?.[1]);
    expect(megabytes * 1024 * 1024).toBeGreaterThanOrEqual(2 * segmentBytes);
    expect(nginx).toContain('proxy_request_buffering off;');
    expect(nginx).toContain('proxy_buffering off;');
    expect(Number(/max_size (\d+)MiB/.exec(read('infra/proxy/Caddyfile'))?.[1]) * 1024 * 1024).toBeGreaterThanOrEqual(
      2 * segmentBytes,
    );
  });

  it.each(['nginx.conf', 'Caddyfile', 'apache.conf', 'traefik.yml'])('tell browsers to stay on TLS: %s', (file) => {
    expect(read(`infra/proxy/${file}`)).toMatch(/(Strict-Transport-Security|stsSeconds).*63072000/);
  });

  const nginx = process.env.AERIE_NGINX;
  if (!nginx) leaveOut('the file for nginx, read by nginx');
  (nginx ? it : it.skip)('nginx accepts its file', () => {
    const certificate = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=aerie.example.org',
      '-days',
      '1',
    ];
    execFileSync(
      'openssl',
      [...certificate, '-keyout', join(scratch, 'privkey.pem'), '-out', join(scratch, 'fullchain.pem')],
      { stdio: 'ignore' },
    );
    const file = join(scratch, 'nginx.conf');
    const moved = read('infra/proxy/nginx.conf')
      .replaceAll('/etc/ssl/aerie', scratch)
      .replaceAll('/var/log/nginx', scratch);
    writeFileSync(file, moved);
    const settings = `pid ${scratch}/nginx.pid; error_log stderr;`;
    const tested = spawnSync(nginx as string, ['-t', '-p', scratch, '-c', file, '-g', settings], { encoding: 'utf8' });
    expect(tested).toMatchObject({ status: 0, stderr: expect.stringContaining('test is successful') });
  });
});
