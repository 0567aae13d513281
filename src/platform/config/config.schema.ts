import { uploadHoursDefault } from '@aerie/protocol';
import { z } from 'zod';
import { isNetwork } from './networks.js';

/**
 * Every environment variable of the server: default and one line of meaning. `.env.example` is printed from here, and a
 * test compares the two. Variables marked `secret` may also be given as NAME_FILE, a path to read the value from.
 */
const whole = (min: number, max: number, words: string) =>
  z.coerce.number({ error: words }).int({ error: words }).min(min, { error: words }).max(max, { error: words });
const port = whole(0, 65_535, 'must be a whole number from 0 to 65535');
const atLeastOne = whole(1, Number.MAX_SAFE_INTEGER, 'must be a whole number, at least 1');
const seconds = atLeastOne;
const url = (...protocols: string[]) =>
  z
    .url()
    .refine((value) => protocols.includes(new URL(value).protocol), `must begin with ${protocols.join('// or ')}//`);

const role = z.enum(['all', 'api', 'worker']);
/** Origins (RFC 6454), separated by commas or spaces. */
const origins = z
  .string()
  .transform((list) => list.split(/[\s,]+/).filter(Boolean))
  .refine(
    (list) => list.every((one) => URL.canParse(one) && new URL(one).origin === one),
    'must be origins like https://app.example',
  );
/** Addresses and networks, separated by commas or spaces. */
const networks = z
  .string()
  .transform((list) => list.split(/[\s,]+/).filter(Boolean))
  .refine((list) => list.every(isNetwork), 'must be addresses like 10.0.0.5 or networks like 10.0.0.0/8');
const level = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

interface Variable {
  readonly schema: z.ZodType;
  readonly meaning: string;
  readonly example?: string;
  readonly secret?: true;
  /** Set to nothing means something else than unset. */
  readonly mayBeEmpty?: true;
}

export const variables = {
  PORT: { schema: port.default(4120), meaning: 'Port of the API.' },
  HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    meaning: 'Address to listen on; 0.0.0.0 inside a container.',
  },
  AERIE_METRICS_PORT: {
    schema: port.optional(),
    meaning: 'Port for health and metrics (Prometheus), of API and workers alike; unset means none is opened.',
    example: '9120',
  },
  AERIE_METRICS_TOKEN: {
    schema: z.string().min(16).optional(),
    meaning: 'What asks for /metrics sends this as its bearer token; needed with AERIE_METRICS_PORT.',
    secret: true,
  },
  AERIE_ROLE: { schema: role.default('all'), meaning: 'api, worker, or all in one process.' },
  AERIE_DATA_DIR: {
    schema: z.string().min(1).default('./data'),
    meaning: 'Where the embedded database and the filesystem store live, and uploads that come in slowly.',
  },
  AERIE_SETUP_TOKEN: {
    schema: z.string().min(8).optional(),
    meaning: 'One-time set-up token; unset means one is made and printed.',
    secret: true,
  },
  AERIE_RENDERER_TOKEN: {
    schema: z.string().min(16).optional(),
    meaning: 'Lets the renderer offer its certificate; unset means no renderer may.',
    secret: true,
  },
  AERIE_WEB_DIR: {
    schema: z.string().optional(),
    meaning: 'Folder of the web app; unset means the one built beside the server, set to nothing means none is served.',
    mayBeEmpty: true,
  },
  AERIE_WEB_ORIGIN: {
    schema: origins.optional(),
    meaning: 'Other origins, separated by commas, whose pages may call the API; unset means none.',
    example: 'https://app.example',
  },
  AERIE_TRUSTED_PROXIES: {
    schema: networks.optional(),
    meaning:
      'Reverse proxies, as addresses or networks separated by commas, whose X-Forwarded-For is believed; unset means none.',
    example: '172.16.0.0/12',
  },
  AERIE_CONNECTIONS_MAX: {
    schema: atLeastOne.default(1_024),
    meaning: 'Connections at a time; more are closed at once.',
  },
  AERIE_CONNECTIONS_PER_ADDRESS: {
    schema: atLeastOne.default(256),
    meaning: 'Connections at a time from one address that is no trusted proxy.',
  },
  AERIE_REQUESTS_PER_ADDRESS: {
    schema: atLeastOne.default(300),
    meaning: 'Requests a minute that one address may make of each route that needs no session.',
  },
  AERIE_REQUESTS_PER_SUBJECT: {
    schema: atLeastOne.default(120),
    meaning: 'The same for one device or pairing that such requests are about, whoever makes them.',
  },
  AERIE_SLOW_SECONDS: {
    schema: seconds.default(15),
    meaning: 'A head that takes longer, or a body below 5 kB a second for so long, is given up.',
  },
  DATABASE_URL: {
    schema: url('postgres:', 'postgresql:').optional(),
    meaning: 'PostgreSQL to use; unset means the embedded one.',
    example: 'postgres://aerie:…@db:5432/aerie',
    secret: true,
  },
  REDIS_URL: {
    schema: url('redis:', 'rediss:').optional(),
    meaning: 'Redis for the job queue and shared rate limits; unset means the queue lives in PostgreSQL.',
    example: 'redis://redis:6379',
    secret: true,
  },
  S3_ENDPOINT: {
    schema: url('http:', 'https:').optional(),
    meaning: 'S3 engine that keeps the objects; unset means the filesystem.',
    example: 'http://minio:9000',
  },
  S3_BUCKET: { schema: z.string().min(3).default('aerie'), meaning: 'Bucket; made at start if it is missing.' },
  S3_REGION: { schema: z.string().min(1).default('us-east-1'), meaning: 'Region name the engine expects.' },
  S3_ACCESS_KEY: { schema: z.string().min(1).optional(), meaning: 'Access key id.', secret: true },
  S3_SECRET_KEY: { schema: z.string().min(1).optional(), meaning: 'Secret access key.', secret: true },
  AERIE_PROJECT_QUOTA_BYTES: {
    schema: atLeastOne.optional(),
    meaning: 'Encrypted bytes a new project may hold; unset means no limit.',
  },
  AERIE_UPLOAD_HOURS: {
    schema: atLeastOne.default(uploadHoursDefault),
    meaning: 'How long an unfinished upload is kept for its client to come back.',
  },
  AERIE_DEVICE_UPLOADS_MAX: {
    schema: z.coerce.number().int().positive().default(256),
    meaning: 'How many unfinished uploads one device may have; a request with many small files is one.',
  },
  AERIE_DEVICE_RESERVED_BYTES_MAX: {
    schema: z.coerce.number().int().positive().default(2_000_000_000_000),
    meaning: 'Encrypted bytes that the unfinished uploads of one device may reserve; the default fits a card of 2 TB.',
  },
  AERIE_CHECK_DELAY_SECONDS: {
    schema: seconds.default(30),
    meaning: 'How long after a file is stored the server reads it back and compares it.',
  },
  AERIE_ORPHAN_AGE_SECONDS: {
    schema: seconds.default(86_400),
    meaning:
      'Minimum age before deletion of an object that nothing refers to; it must be seen so twice, at least a quarter of this apart. Also how old an object is before gaps in it are closed.',
  },
  AERIE_STORE_RESERVE_BYTES: {
    schema: z.coerce
      .number()
      .int()
      .nonnegative()
      .default(2 ** 30),
    meaning:
      'Space on the disk of the filesystem store that uploads leave free, so that deleting and the database go on.',
  },
  AERIE_TICK_SECONDS: {
    schema: seconds.default(30),
    meaning: 'How often the server looks for thumbnails to store together, uploads to expire and objects to delete.',
  },
  AERIE_INSTANCE: {
    schema: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .default('aerie'),
    meaning: 'Name of this installation among others on the same Redis.',
  },
  AERIE_LOG_FILE: {
    schema: z.string().min(1).optional(),
    meaning: 'File the log is appended to; unset means standard error.',
  },
  AERIE_LOG_LEVEL: { schema: level.default('info'), meaning: 'Least level that is logged; lines are JSON.' },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export type Environment = { [Name in VariableName]: z.output<(typeof variables)[Name]['schema']> };
export const mayBeEmpty = (name: VariableName): boolean => 'mayBeEmpty' in variables[name];
export const isSecret = (name: VariableName): boolean => 'secret' in variables[name];
