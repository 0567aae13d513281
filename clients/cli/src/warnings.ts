import type { ServerWarning } from '@aerie/sdk';
import { formatBytes, formatSeconds } from './format.js';

type Details = ServerWarning['details'];

const octets = (value: string | number | undefined): string => formatBytes(Number(value ?? 0));
const seconds = (value: string | number | undefined): string => formatSeconds(Number(value ?? 0));

/** What each warning means and what to do. */
const words: Record<ServerWarning['code'], (details: Details) => string> = {
  'store.space_low': ({ bytesFree, bytesTotal }) =>
    `The disk of the store has ${octets(bytesFree)} of ${octets(bytesTotal)} left. Free some space before uploads are refused.`,
  'media.damaged': ({ media }) =>
    `${media} ${Number(media) === 1 ? 'file is' : 'files are'} damaged or lost in the store. Run \`aerie verify\` to see which, and ingest them again.`,
  'part.not_ready': ({ part }) => `The ${part} does not answer. See /health/ready and the log of the server.`,
  'queue.may_evict': () => 'Redis may delete waiting jobs. Set its maxmemory-policy to noeviction.',
  'network.beyond_loopback': ({ host }) =>
    `The server listens on ${host} and speaks plain HTTP. Clients must come through TLS: put a reverse proxy in front.`,
  'database.embedded': () => 'The database is in the data folder. Back it up together with the objects there.',
  'clock.differs': ({ seconds: off }) =>
    `The clock of the server is ${seconds(Math.abs(Number(off)))} ${Number(off) > 0 ? 'ahead of' : 'behind'} that of ` +
    'the database. Let both follow a time server.',
  'renderer.silent': ({ deviceId, seconds: silent }) =>
    `The renderer ${deviceId} has not asked for work for ${seconds(silent)}. Start it, or assisted previews stay due.`,
  'jobs.stuck': ({ jobs }) => `Jobs that fail again and again or were given up: ${jobs}. They are listed below.`,
  'jobs.overdue': ({ kind, seconds: late }) =>
    `Jobs of the kind ${kind} have been due for ${seconds(late)}. Check that a worker runs and is fast enough.`,
};

export const wordsFor = ({ code, details }: ServerWarning): string => words[code](details);
