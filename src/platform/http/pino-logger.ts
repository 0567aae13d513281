import type { LoggerService, LogLevel } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** Members that never reach the log, wherever they stand. Ids are fine: they mean nothing outside the database. */
const redacted = [
  'authorization',
  'cookie',
  'token',
  'setupToken',
  'rendererToken',
  'recoveryToken',
  'password',
  'secret',
  'secretKey',
  'sealedBackup',
  'packet',
  'bytes',
  'signature',
  'body',
  'headers',
  'url',
  'parameters',
  'query',
  'driverError',
];
const paths = redacted.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** What waits in memory for a disk that is full or a reader that is slow; further lines are dropped. */
const waitingBytesMax = 1024 * 1024;

/**
 * A full disk, or a reader that is gone, costs lines and nothing else: what could not be written is tried again with the
 * next line. @param file appended to, made private to its owner; standard error where undefined
 */
export function openLog(level: string, file: string | undefined): Logger {
  const place = file === undefined ? { dest: 2 } : { dest: file, append: true, mkdir: true, mode: 0o600 };
  const destination = pino.destination({ ...place, maxLength: waitingBytesMax });
  // Without a listener the first failed write would end the process.
  destination.on('error', () => undefined);
  const options = {
    level,
    base: null,
    redact: { paths, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: describeError },
  };
  return pino(options, destination);
}

/** Type, code and place of an error. Its text only where it is ours: a driver's text may quote a value. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  const ours = !('driverError' in error) && !('query' in error);
  return {
    type: error.name,
    code,
    ...(ours && { message: error.message }),
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 8),
  };
}

/** What Nest says of itself at every start. */
const frameworkNoise = new Set<unknown>([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/** Nest's logger on pino. Nest hands over (message, context) or (object, …texts, context). */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(frameworkNoise.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
  setLogLevels(_levels: LogLevel[]): void {
    /* The level comes from the configuration. */
  }

  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    if (message instanceof Error) this.pino[level]({ context, error: message }, message.name);
    else if (typeof message === 'object' && message !== null)
      this.pino[level]({ context, ...message }, typeof rest[0] === 'string' && rest.length > 1 ? rest[0] : undefined);
    else this.pino[level]({ context }, String(message));
  }
}
