import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webReleasePath } from '@aerie/protocol';
import { type Environment, type VariableName, isSecret, mayBeEmpty, variables } from './config.schema.js';

const besideServer = fileURLToPath(new URL('../../../clients/web/dist', import.meta.url));

/** The configuration of one process, parsed once at start. Provided as itself, so the class is the injection token. */
export class Config {
  readonly dataDir: string;

  constructor(readonly environment: Environment) {
    this.dataDir = resolve(environment.AERIE_DATA_DIR);
  }

  /** Folder of the web app to serve; null for none. What was asked for by name is not looked for here: its absence is a fault. */
  get webDir(): string | null {
    const { AERIE_WEB_DIR: asked } = this.environment;
    if (asked !== undefined) return asked === '' ? null : resolve(asked);
    return existsSync(join(besideServer, webReleasePath)) ? besideServer : null;
  }

  get runsApi(): boolean {
    return this.environment.AERIE_ROLE !== 'worker';
  }

  get runsWorker(): boolean {
    return this.environment.AERIE_ROLE !== 'api';
  }
}

/** Every fault of the environment, by name, never with a value: a value may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** Reads the environment, and NAME_FILE in place of NAME for secrets. @throws ConfigError listing every fault at once. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const values = Object.fromEntries(
    (Object.keys(variables) as VariableName[]).map((name) => [name, readVariable(name, env, faults)]),
  ) as Environment;
  faults.push(...contradictions(values));
  if (faults.length > 0) throw new ConfigError(faults);
  return new Config(values);
}

function readVariable(name: VariableName, env: NodeJS.ProcessEnv, faults: string[]): unknown {
  const parsed = variables[name].schema.safeParse(rawValue(name, env, faults));
  if (parsed.success) return parsed.data;
  faults.push(`${name}: ${[...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ')}`);
  return undefined;
}

function rawValue(name: VariableName, env: NodeJS.ProcessEnv, faults: string[]): string | undefined {
  const given = mayBeEmpty(name) ? env[name] : env[name] || undefined;
  const file = isSecret(name) ? env[`${name}_FILE`] || undefined : undefined;
  if (file === undefined) return given;
  if (given !== undefined) faults.push(`${name}: set either ${name} or ${name}_FILE, not both`);
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    faults.push(`${name}_FILE: the file cannot be read`);
    return undefined;
  }
}

function contradictions(values: Environment): string[] {
  const faults: string[] = [];
  if (values.S3_ENDPOINT && !(values.S3_ACCESS_KEY && values.S3_SECRET_KEY)) {
    faults.push('S3_ENDPOINT: needs S3_ACCESS_KEY and S3_SECRET_KEY beside it');
  }
  if (values.AERIE_METRICS_PORT !== undefined && !values.AERIE_METRICS_TOKEN) {
    faults.push('AERIE_METRICS_PORT: needs AERIE_METRICS_TOKEN beside it');
  }
  if ((values.AERIE_ROLE === 'api' || values.AERIE_ROLE === 'worker') && !values.DATABASE_URL) {
    faults.push('AERIE_ROLE: api and worker apart need one DATABASE_URL; the embedded database serves one process');
  }
  if ((values.AERIE_ROLE === 'api' || values.AERIE_ROLE === 'worker') && !values.S3_ENDPOINT) {
    faults.push('AERIE_ROLE: api and worker apart need one S3_ENDPOINT; the filesystem store serves one process');
  }
  return faults;
}
