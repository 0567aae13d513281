/** Compares what a server hands to browsers with the release manifest of the web app, file by file and header by header. */
import { createHash } from 'node:crypto';
import { type WebRelease, commonHeaders, inertPolicy, policyOf, webReleasePath } from '@aerie/protocol';
import { nodeFetch } from '@aerie/sdk/node';
import { CliError } from './failure.js';

export interface Difference {
  readonly path: string;
  /** What differs: `octets`, `status`, `redirect`, or the name of a header. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** Each would change what a browser does with the page although the page itself is unchanged. */
const unwantedHeaders = ['clear-site-data', 'link', 'refresh', 'service-worker-allowed', 'set-cookie', 'sourcemap'];
/** A path that no build has: there the server must answer the page, and no other. */
const anyPagePath = '/projects';

/** What a browser says when it fetches a file of that kind; a server that looks at it should find nothing to look at. */
function browserHeaders(path: string, release: WebRelease): Record<string, string> {
  const compressed = { 'accept-encoding': 'gzip, deflate, br' };
  if (path === release.serviceWorker) return { ...compressed, accept: '*/*', 'service-worker': 'script' };
  return { ...compressed, accept: isPage(path, release) ? 'text/html,application/xhtml+xml,*/*;q=0.8' : '*/*' };
}

const isPage = (path: string, { page }: WebRelease): boolean => ['/', anyPagePath, page].includes(path);

/**
 * @param origin of the server, as people open it
 * @param manifest the octets of the release manifest that is believed
 * @returns what differs; nothing where the server serves that release
 * @throws CliError `web.unreachable`
 */
export async function webDifferences(origin: string, release: WebRelease, manifest: Buffer): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const path of ['/', anyPagePath, ...Object.keys(release.files)]) {
    const name = isPage(path, release) ? release.page : path;
    const answer = await get(origin, path, browserHeaders(path, release));
    const { integrity, type } = release.files[name]!;
    differences.push(...compare(path, answer, { integrity, type, policy: policyOf(release, name) }));
  }
  const served = await get(origin, webReleasePath, { accept: '*/*' });
  const expected = { integrity: integrityOf(manifest), type: 'application/json', policy: inertPolicy };
  return [...differences, ...compare(webReleasePath, served, expected), ...namesThatDiffer(release, served.octets)];
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly octets: Buffer;
}

async function get(origin: string, path: string, headers: Record<string, string>): Promise<Answer> {
  try {
    const answer = await nodeFetch(new URL(path, origin), { headers });
    return { status: answer.status, headers: answer.headers, octets: Buffer.from(await answer.arrayBuffer()) };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    throw new CliError('web.unreachable', `${origin} does not answer ${path}`, {
      hint: 'Nothing is known of what it serves. Check the address and try again.',
      detail: cause?.message || message,
    });
  }
}

const integrityOf = (octets: Buffer): string => `sha384-${createHash('sha384').update(octets).digest('base64')}`;

function compare(
  path: string,
  answer: Answer,
  file: { integrity: string; type: string; policy: string },
): Difference[] {
  const { status, headers, octets } = answer;
  if (status !== 200) return [{ path, what: 'status', expected: '200', found: String(status) }];
  const wanted = { ...commonHeaders, 'content-type': file.type, 'content-security-policy': file.policy };
  const pairs: [what: string, expected: string, found: string][] = [
    ['octets', file.integrity, integrityOf(octets)],
    ...Object.entries(wanted).map(([name, value]): [string, string, string] => [name, value, headers.get(name) ?? '-']),
    ...unwantedHeaders.map((name): [string, string, string] => [name, '-', headers.get(name) ?? '-']),
  ];
  return pairs
    .filter(([, expected, found]) => expected !== found)
    .map(([what, expected, found]) => ({ path, what, expected, found }));
}

/** Files that the server's own manifest names and the release does not: said by name, as nothing else would fetch them. */
function namesThatDiffer(release: WebRelease, served: Buffer): Difference[] {
  try {
    const { files } = JSON.parse(served.toString('utf8')) as Partial<WebRelease>;
    return Object.keys(files ?? {})
      .filter((path) => !release.files[path])
      .map((path) => ({ path, what: 'file', expected: '-', found: 'named by the server' }));
  } catch {
    // Not JSON: its octets were found to differ already.
    return [];
  }
}
