import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from './config.js';
import { printEnvExample } from './env-example.js';

const faultsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).faults;
  }
};

describe('The configuration', () => {
  it('needs nothing: the embedded default is complete', () => {
    const { environment } = readConfig({});
    expect(environment).toMatchObject({ PORT: 4120, HOST: '127.0.0.1', AERIE_ROLE: 'all', DATABASE_URL: undefined });
  });

  it('lists every fault at once, by name, and never a value', () => {
    const faults = faultsOf({
      PORT: 'hunter2',
      DATABASE_URL: 'mysql://root:hunter2@db',
      AERIE_ROLE: 'hunter2',
      S3_ENDPOINT: 'http://minio:9000',
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['PORT', 'AERIE_ROLE', 'DATABASE_URL', 'S3_ENDPOINT']);
    expect(faults.join('\n')).not.toContain('hunter2');
  });

  it('reads a secret from a file, and refuses the secret in both places', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'aerie-config-')), 'secret');
    writeFileSync(file, 'a-set-up-token\n');
    expect(readConfig({ AERIE_SETUP_TOKEN_FILE: file }).environment.AERIE_SETUP_TOKEN).toBe('a-set-up-token');
    expect(faultsOf({ AERIE_SETUP_TOKEN_FILE: file, AERIE_SETUP_TOKEN: 'another-token' })).toHaveLength(1);
    expect(faultsOf({ AERIE_SETUP_TOKEN_FILE: '/nowhere/at/all' })).toEqual([
      'AERIE_SETUP_TOKEN_FILE: the file cannot be read',
    ]);
  });

  it('refuses API and worker apart without a database they share', () => {
    expect(faultsOf({ AERIE_ROLE: 'worker' })[0]).toContain('DATABASE_URL');
  });

  it('is what .env.example says', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(printEnvExample());
  });
});
