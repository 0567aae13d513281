/** Tells an answer of the server from one that something on the way gave in its place: a proxy, or a network's log-in page. */
import { Problem, problemBytesMax, segmentBytes } from '@aerie/protocol';
import { NotTheServer, ServerProblem, ServerUnreachable } from '../errors.js';
import { readWhole } from './reply.js';

/** These pass by themselves, also where a proxy gives them: a proxy says so while the server behind it starts again. */
const passingStatuses = [408, 425, 429, 500, 502, 503, 504];
/** The largest body that a client sends: a part of two segments. */
export const proxyBodyBytesMin = 2 * segmentBytes;

const megabytes = (bytes: number): string => `${(Math.ceil(bytes / 100_000) / 10).toFixed(1)} MB`;

/** What an answer that is no success means. */
export async function readProblem(
  response: Response,
  bytesSent: number,
): Promise<ServerProblem | ServerUnreachable | NotTheServer> {
  const text = await readWhole(response, problemBytesMax).then(
    (octets) => new TextDecoder().decode(octets),
    () => '',
  );
  try {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return new ServerProblem(Problem.parse(JSON.parse(text)), Number.isFinite(seconds) ? seconds * 1000 : undefined);
  } catch {
    return otherAnswer(response, bytesSent);
  }
}

/** @throws NotTheServer where a success is a web page: no route of the API answers one */
export function requireNoPage(response: Response): void {
  if (!isPage(response)) return;
  void response.body?.cancel().catch(() => {});
  throw webPage(response.status);
}

const isPage = ({ headers }: Response): boolean => /^text\/html\b/i.test(headers.get('content-type') ?? '');

function otherAnswer(response: Response, bytesSent: number): ServerUnreachable | NotTheServer {
  const { status, headers } = response;
  if (passingStatuses.includes(status) || (status >= 520 && status < 530))
    return new ServerUnreachable(`it answered with status ${status} and nothing that explains it`);
  if (status === 413)
    return new NotTheServer(
      'network.too_large',
      `A proxy before the server refuses a request of ${megabytes(bytesSent)} (status 413); it must let ${megabytes(proxyBodyBytesMin)} pass`,
    );
  if (status >= 300 && status < 400)
    return new NotTheServer(
      'network.redirected',
      `The address leads to another, ${originOf(headers.get('location'))} (status ${status})`,
    );
  if (status === 401 || status === 403 || status === 407)
    return new NotTheServer('network.login', `A proxy before the server wants a log-in of its own (status ${status})`);
  if (status === 511 || (isPage(response) && status < 300)) return webPage(status);
  return new NotTheServer('network.not_aerie', `What answers there is not the Aerie server (status ${status})`);
}

const webPage = (status: number): NotTheServer =>
  new NotTheServer('network.page', `A web page came instead of the server's answer (status ${status})`);

/** Only where it leads: the rest of the address may hold secrets. */
function originOf(location: string | null): string {
  if (location === null) return 'which it does not name';
  return URL.canParse(location) ? new URL(location).origin : 'a path of its own';
}
