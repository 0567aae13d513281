import { readFileSync } from 'node:fs';

export interface Settings {
  readonly server: string;
  readonly home: string;
  readonly passphrase: string;
  readonly rendererToken: string;
}

/** Names every fault of the environment at once, and never a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * AERIE_SERVER, AERIE_HOME, AERIE_PASSPHRASE and AERIE_RENDERER_TOKEN; the last two also as `…_FILE`.
 * @throws SettingsError
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const faults: string[] = [];
  const need = (name: string, value: string | undefined): string => {
    if (!value) faults.push(`${name} is not set`);
    return value ?? '';
  };
  const secret = (name: string): string => {
    const file = env[`${name}_FILE`];
    if (env[name] || !file) return need(`${name} or ${name}_FILE`, env[name]);
    try {
      return need(`the contents of ${name}_FILE`, readFileSync(file, 'utf8').replace(/\r?\n$/, ''));
    } catch {
      faults.push(`the file that ${name}_FILE names cannot be read`);
      return '';
    }
  };
  const server = need('AERIE_SERVER', env.AERIE_SERVER);
  if (server && !/^https?:\/\//.test(server)) faults.push('AERIE_SERVER must begin with http:// or https://');
  const home = need('AERIE_HOME', env.AERIE_HOME);
  const settings = {
    server,
    home,
    passphrase: secret('AERIE_PASSPHRASE'),
    rendererToken: secret('AERIE_RENDERER_TOKEN'),
  };
  if (faults.length > 0) throw new SettingsError(faults.join('; '));
  return settings;
}
