/** The only place that does HTTP: every request is a row of the route table, every answer is parsed by it. */
import {
  routes,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
  type Route,
  type RouteName,
  type Sealed,
} from '@aerie/protocol';
import { NotTheServer, ServerUnreachable } from '../errors.js';
import { readProblem, requireNoPage } from './answers.js';
import { piecesOf, readWhole, replyBytesMax } from './reply.js';
import { Patience, TriedEnough, withRetries, type RetryOptions } from './retry.js';
import { answerMsMax, limited, silenceDefault, type Silence } from './silence.js';

type Routes = typeof routes;
type Given<K extends string, T> = undefined extends T ? { readonly [P in K]?: undefined } : { readonly [P in K]: T };
type Body<R extends Route> = R['body'] extends 'octets' ? Sealed : BodyOf<R>;
/** What a row of the route table needs: params, query and body where it has them. */
export type Call<R extends Route> = Given<'params', ParamsOf<R>> & { readonly query?: Partial<QueryOf<R>> } & Given<
    'body',
    Body<R>
  > &
  RetryOptions & {
    readonly idempotencyKey?: string;
    readonly headers?: Record<string, string>;
    /** Where the reply is octets: how many there can be. More is not read. */
    readonly bytesMax?: number;
    /** The server is to be asked, whatever a browser has kept of earlier answers. */
    readonly isFresh?: boolean;
  };

type AnyCall = Omit<Call<Route>, 'params' | 'query' | 'body'> & {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
};

/** Gives the bearer token, and is told when the server no longer takes one. */
export interface TokenSource {
  token(): Promise<string>;
  forget(token: string): void;
}

const expiredCodes = ['session.expired', 'session.missing'];

export class Http {
  readonly traffic = { bytesSent: 0, bytesReceived: 0, requests: 0 };
  #tokens: TokenSource | undefined;
  readonly #patience = new Patience();

  /** @param server origin of the server, with or without a closing slash */
  constructor(
    readonly server: string,
    // A browser's fetch wants to be called as the window's or the worker's own.
    readonly fetch: typeof globalThis.fetch = (...given) => globalThis.fetch(...given),
    private readonly silence: Silence = silenceDefault,
  ) {}

  /** From now on routes that need a session get their token there. */
  useTokens(tokens: TokenSource): void {
    this.#tokens = tokens;
  }

  /**
   * Calls a route and answers its parsed reply; tries again where that can help.
   * @throws ServerProblem what the server said; ServerUnreachable where it said nothing; NotTheServer where something
   * on the way answered in its place
   */
  async call<N extends RouteName>(name: N, call: Call<Routes[N]>): Promise<ReplyOf<Routes[N]>> {
    const route: Route = routes[name];
    return withRetries(async () => {
      const response = await this.#send(route, call as unknown as AnyCall);
      return (await this.#parse(route, response, (call as unknown as AnyCall).bytesMax)) as ReplyOf<Routes[N]>;
    }, this.#options(call));
  }

  /** Calls a route that answers octets and gives them as they come. A stream that breaks off throws ServerUnreachable. */
  async stream(
    name: 'readBlob',
    call: Call<Routes['readBlob']>,
  ): Promise<{ status: number; octets: AsyncIterable<Uint8Array> }> {
    const given = call as unknown as AnyCall;
    const response = await withRetries(() => this.#send(routes[name], given), this.#options(call));
    return { status: response.status, octets: this.#octets(response) };
  }

  #options({ attempts, signal, onRetry }: RetryOptions): RetryOptions & { patience: Patience } {
    return { attempts, signal, onRetry, patience: this.#patience };
  }

  async #send(route: Route, call: AnyCall): Promise<Response> {
    const token = route.access === 'public' ? undefined : await this.#token();
    const response = await this.#fetch(route, call, token);
    if (response.ok) return response;
    const problem = await readProblem(response, bytesOf(call));
    if (token === undefined || !expiredCodes.includes(problem.code)) throw problem;
    // The session ended between two requests: one new one, and the request once more.
    this.#tokens!.forget(token);
    const again = await this.#fetch(route, call, await this.#token());
    if (!again.ok) throw await readProblem(again, bytesOf(call));
    return again;
  }

  /** Logging in has been tried as often as it may be once it fails; the call that needs it must not multiply that. */
  #token(): Promise<string> | undefined {
    return this.#tokens?.token().catch((error: unknown) => {
      throw new TriedEnough(error);
    });
  }

  async #fetch(route: Route, call: AnyCall, token: string | undefined): Promise<Response> {
    const isOctets = route.body === 'octets';
    const body = call.body === undefined ? undefined : isOctets ? (call.body as Sealed) : JSON.stringify(call.body);
    const headers: Record<string, string> = { accept: 'application/json, application/octet-stream', ...call.headers };
    if (body !== undefined) headers['content-type'] = isOctets ? 'application/octet-stream' : 'application/json';
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
    this.traffic.requests++;
    this.traffic.bytesSent += body?.length ?? 0;
    const limit = limited(answerMsMax(body?.length ?? 0, this.silence));
    try {
      const response = await this.fetch(this.#url(route, call), {
        method: route.method,
        headers,
        body: body as BodyInit,
        signal: call.signal ? AbortSignal.any([call.signal, limit.signal]) : limit.signal,
        ...(call.isFresh ? { cache: 'no-store' } : {}),
      });
      if (response.ok) requireNoPage(response);
      return response;
    } catch (error) {
      if (call.signal?.aborted || error instanceof NotTheServer) throw error;
      throw new ServerUnreachable(reasonOf(error), { cause: error });
    } finally {
      limit.letGo();
    }
  }

  #url(route: Route, { params, query }: AnyCall): URL {
    const given = (params ?? {}) as Record<string, unknown>;
    const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(given[name])));
    const url = new URL(this.server.replace(/\/+$/, '') + path);
    for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  async #parse(route: Route, response: Response, asked?: number): Promise<unknown> {
    const octets = this.#received(await readWhole(response, replyBytesMax(route, asked), this.silence.pieceMs));
    if (route.reply === 'nothing') return undefined;
    if (route.reply === 'octets') return octets;
    try {
      return route.reply.parse(JSON.parse(new TextDecoder().decode(octets)));
    } catch (error) {
      throw new NotTheServer('network.not_aerie', 'What answers there is not an Aerie server of this version', {
        cause: error,
      });
    }
  }

  #received(octets: Uint8Array): Uint8Array {
    this.traffic.bytesReceived += octets.length;
    return octets;
  }

  async *#octets(response: Response): AsyncGenerator<Uint8Array> {
    for await (const piece of piecesOf(response, this.silence.pieceMs)) yield this.#received(piece);
  }
}

const bytesOf = ({ body }: AnyCall): number =>
  body instanceof Uint8Array ? body.length : body === undefined ? 0 : JSON.stringify(body).length;

/** fetch hides the reason ("ECONNREFUSED 127.0.0.1:4120") in the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  const inner = cause as { code?: string; message?: string } | undefined;
  return inner?.message || inner?.code || message;
}
