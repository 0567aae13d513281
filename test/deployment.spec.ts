import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { isSecret, variables, type VariableName } from '../src/platform/config/config.schema.js';
import { leaveOut } from './support/left-out.js';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string };
  readonly user?: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly command?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly pids_limit?: number;
  readonly mem_limit?: string;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
// The 1.1 schema is the one with merge keys (`<<`), which Compose has too.
const compose = load(read('docker-compose.yml'), { schema: YAML11_SCHEMA }) as Compose;
const services = Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] as Service;
const servers = ['api', 'worker', 'migrate'];

let scratch: string;
beforeAll(() => void (scratch = mkdtempSync(join(tmpdir(), 'aerie-deployment-'))));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('docker-compose.yml', () => {
  it('has the parts it promises', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'api',
      'migrate',
      'minio',
      'postgres',
      'redis',
      'renderer',
      'worker',
    ]);
  });

  it('publishes the API alone, on loopback unless the operator says otherwise', () => {
    const published = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);
    expect(published).toEqual(['api']);
    expect(service('api').ports).toEqual(['${AERIE_BIND:-127.0.0.1}:${AERIE_PORT:-4120}:4120']);
    expect(services.filter(([, { network_mode }]) => network_mode !== undefined)).toEqual([]);
  });

  it('keeps everything but the API on networks without a route out', () => {
    const open = Object.keys(compose.networks).filter((name) => compose.networks[name]?.internal !== true);
    expect(open).toEqual(['edge']);
    for (const [name, { networks }] of services) {
      expect([name, networks?.includes('edge')]).toEqual([name, name === 'api']);
    }
    expect(service('renderer').networks).toEqual(['previews']);
    expect(service('minio').networks).toEqual(['data']);
  });

  it.each(services)('confines %s: no root, nothing writable, no capability, bounded', (_name, one) => {
    expect(one.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(one.privileged).toBeUndefined();
    expect(one.pids_limit).toBeGreaterThan(0);
    expect(one.mem_limit).toMatch(/^\d+[mg]$/);
  });

  it.each(services.filter(([name]) => name !== 'migrate'))('checks the health of %s and lets it end', (_name, one) => {
    expect(one.healthcheck?.test?.length).toBeGreaterThan(1);
    expect(one.restart).toBe('unless-stopped');
    expect(one.stop_grace_period).toMatch(/^\d+s$/);
  });

  it('starts the servers only after the migration and on healthy parts', () => {
    expect(service('migrate')).toMatchObject({ restart: 'no', command: ['node', 'dist/main.js', 'migrate'] });
    expect(service('migrate').depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of ['api', 'worker']) {
      expect(service(name).depends_on).toEqual({
        migrate: { condition: 'service_completed_successfully' },
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        minio: { condition: 'service_healthy' },
      });
    }
  });

  it('runs one image in every role', () => {
    expect(new Set(servers.map((name) => service(name).image)).size).toBe(1);
    expect(service('api').environment).toMatchObject({ AERIE_ROLE: 'api', HOST: '0.0.0.0' });
    expect(service('worker').environment).toMatchObject({ AERIE_ROLE: 'worker' });
  });

  it('mounts the parent folder into PostgreSQL 18, as its image wants', () => {
    expect(service('postgres').image).toMatch(/^postgres:18\./);
    expect(service('postgres').volumes).toEqual(['postgres:/var/lib/postgresql']);
  });

  it('runs Redis so that it never drops a job: no eviction, append-only file', () => {
    const options = service('redis').command?.join(' ');
    expect(options).toContain('--maxmemory-policy noeviction');
    expect(options).toContain('--appendonly yes');
    expect(service('redis').volumes).toEqual(['redis:/data']);
  });

  it('lets unfinished uploads live in MinIO and its acknowledged objects survive a power cut', () => {
    expect(service('minio').environment).toMatchObject({
      MINIO_API_STALE_UPLOADS_EXPIRY: '720h',
      MINIO_FS_OSYNC: 'on',
    });
  });

  it('pins every image it does not build by digest', () => {
    for (const [name, { image, build }] of services) {
      const pinned = build ? /^aerie-[a-z]+:[0-9a-f.]+$/ : /^[a-z]+:\d+\.\d+[^@]*@sha256:[0-9a-f]{64}$/;
      expect([name, image]).toEqual([name, expect.stringMatching(pinned)]);
    }
  });
});

describe('The secrets of the deployment', () => {
  it('are files that the service mounts, never values', () => {
    for (const [name, { environment = {}, secrets = [] }] of services) {
      const files = Object.entries(environment).filter(([key]) => key.endsWith('_FILE'));
      for (const [key, path] of files) {
        expect([name, key, secrets.map((secret) => `/run/secrets/${secret}`)]).toEqual([
          name,
          key,
          expect.arrayContaining([path]),
        ]);
      }
      const plain = Object.keys(environment).filter((key) => /PASSW|SECRET|TOKEN|_KEY|_URL|ROOT_USER/.test(key));
      const values = plain.filter((key) => !key.endsWith('_FILE'));
      expect([name, values]).toEqual([name, []]);
    }
  });

  it('go only to who needs them', () => {
    const holders = (secret: string): string[] =>
      services.filter(([, { secrets }]) => secrets?.includes(secret)).map(([name]) => name);
    expect(holders('postgres_password')).toEqual(['postgres']);
    expect(holders('renderer_passphrase')).toEqual(['renderer']);
    expect(holders('s3_secret_key').sort()).toEqual(['api', 'migrate', 'minio', 'worker']);
  });

  it('are written once, each different, in a folder for its owner alone', () => {
    cpSync(join(root, 'infra/secrets.sh'), join(scratch, 'secrets.sh'));
    const write = (): Map<string, string> => {
      execFileSync('sh', [join(scratch, 'secrets.sh')]);
      const folder = join(scratch, 'secrets');
      return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
    };
    const first = write();
    expect(write()).toEqual(first);
    for (const { file } of Object.values(compose.secrets))
      expect(first.get(file.replace('infra/secrets/', ''))).toBeTruthy();
    expect(statSync(join(scratch, 'secrets')).mode & 0o777).toBe(0o700);
    expect(new Set(first.values()).size).toBe(first.size);
    expect(first.get('database_url')).toContain(first.get('postgres_password') as string);
    expect(first.get('redis_auth.conf')).toBe(`requirepass ${first.get('redis_password')}`);
  });

  it('reach the servers under names that the servers read', () => {
    const known = Object.keys(variables).map((name) => (isSecret(name as VariableName) ? `${name}_FILE` : name));
    for (const name of servers) {
      const names = Object.keys(service(name).environment ?? {}).filter((key) => key !== 'NODE_ENV');
      expect(known).toEqual(expect.arrayContaining(names));
      const needed = ['DATABASE_URL', 'REDIS_URL', 'S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;
      expect(names).toEqual(expect.arrayContaining(needed.map((key) => (isSecret(key) ? `${key}_FILE` : key))));
    }
  });

  it('and the history cannot get into an image', () => {
    const rules = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(rules[0]).toBe('*');
    expect(rules.filter((rule) => rule.startsWith('!')).sort()).toEqual(
      [
        '.npmrc',
        'clients',
        'nest-cli.json',
        'package-lock.json',
        'package.json',
        'protocol',
        'src',
        'tsconfig.base.json',
        'tsconfig.json',
      ].map((path) => `!${path}`),
    );
  });
});

describe('The images', () => {
  it.each(['infra/docker/Dockerfile', 'infra/minio/Dockerfile'])(
    'of %s start from pinned bases and end without root',
    (path) => {
      const stages = read(path)
        .split(/^FROM /m)
        .slice(1);
      const names = stages.map((stage) => /^\S+ AS (\S+)/.exec(stage)?.[1]);
      for (const stage of stages) {
        const base = stage.split(/\s/)[0] as string;
        expect(names.includes(base) || base === 'scratch' || /@sha256:[0-9a-f]{64}$/.test(base)).toBe(true);
      }
      const targets = path.includes('minio')
        ? stages.slice(-1)
        : stages.filter((stage) => / AS (server|renderer)\n/.test(stage));
      expect(targets.length).toBe(path.includes('minio') ? 1 : 2);
      for (const target of targets) expect(target).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    },
  );

  it('run on Node 24', () => {
    expect(read('infra/docker/Dockerfile')).toMatch(/^FROM node:24\.\S+ AS runtime$/m);
  });

  it('run the server with the memory settings of `npm start`', () => {
    const settings = /^ENV NODE_OPTIONS=(\S+) MALLOC_TRIM_THRESHOLD_=(\d+) MALLOC_MMAP_THRESHOLD_=(\d+)$/m;
    const [, flag, ...octets] = settings.exec(read('infra/docker/Dockerfile'))!;
    const [trim, map] = octets.map((number) => `\`\${${Number(number) / 2 ** 20} * 2 ** 20}\``);
    const npmStart = read('infra/server-process.mjs');
    expect(npmStart).toContain(`serverArguments = ['${flag}', `);
    expect(npmStart).toContain(`{ MALLOC_TRIM_THRESHOLD_: ${trim}, MALLOC_MMAP_THRESHOLD_: ${map} }`);
  });

  it('hold the same MinIO that the tests run, checked by its checksum', () => {
    const version = /^ARG MINIO_VERSION=(\S+)$/m.exec(read('infra/minio/Dockerfile'))?.[1];
    expect(read('infra/dev/parts.sh')).toContain(`github.com/minio/minio@${version}\n`);
    expect(read('infra/minio/Dockerfile')).toMatch(/^ARG MINIO_SUM=h1:\S{44}$/m);
  });
});

const checker = process.env.AERIE_COMPOSE_CHECK;
if (!checker) leaveOut('the Compose file, read by the library of Docker Compose');
(checker ? describe : describe.skip)('The Compose file checker', () => {
  const check = (...files: string[]): { status: number | null; stderr: string; stdout: string } =>
    spawnSync(checker as string, ['-no-interpolation', '-format', 'json', ...files], { cwd: root, encoding: 'utf8' });

  it('accepts docker-compose.yml', () => {
    expect(check('docker-compose.yml')).toMatchObject({ status: 0, stderr: '' });
  });

  it('accepts the file for another S3 engine, which takes MinIO out', () => {
    const { status, stderr, stdout } = check('docker-compose.yml', 'infra/compose.external-s3.yml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const merged = JSON.parse(stdout) as Compose & { services: Record<string, { profiles?: string[] }> };
    for (const name of ['api', 'worker']) {
      expect(Object.keys(merged.services[name]?.depends_on ?? {}).sort()).toEqual(['migrate', 'postgres', 'redis']);
    }
    expect(merged.services.minio?.profiles).toEqual(['bundled-s3']);
  });

  it('refuses a file that is wrong, so its word counts', () => {
    const broken = join(scratch, 'broken.yml');
    writeFileSync(broken, read('docker-compose.yml').replace('read_only: true', 'read_only: [1]'));
    expect(check(broken).status).not.toBe(0);
  });
});
