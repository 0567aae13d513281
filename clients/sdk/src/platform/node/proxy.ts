/** The proxy that the environment names, as curl and other programs read it. Sealed octets pass it; its log-in does not reach the server. */
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { NotTheServer } from '../../errors.js';

/** What a request needs to go through a proxy. */
interface Way {
  readonly url: URL;
  /** What the proxy is asked for, where that is not the path of `url`. */
  readonly path?: string;
  readonly headers: Record<string, string>;
  readonly agent: http.Agent;
}

/** The proxy would not open a tunnel. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  constructor(readonly status: number) {
    super(`the proxy answered with status ${status}`);
  }
}

/**
 * The proxy for an address, or null: from HTTPS_PROXY or HTTP_PROXY, in small letters too, unless NO_PROXY names the host.
 * This machine itself is never asked for through a proxy.
 * @throws NotTheServer `network.proxy` where the variable names no HTTP proxy
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv = process.env): URL | null {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const value = (env[name] ?? env[name.toUpperCase()])?.trim();
  if (!value || isThisMachine(hostOf(url)) || isExempt(url, env.no_proxy ?? env.NO_PROXY ?? '')) return null;
  const text = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : null;
  if (proxy && /^https?:$/.test(proxy.protocol)) return proxy;
  // Never the value: it may hold a password.
  throw new NotTheServer('network.proxy', `${name.toUpperCase()} does not name an HTTP proxy`);
}

/** Brackets are the URL's way to write an address of IPv6. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');
const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host);

/** Entries are `*`, a host with all below it, an address, or a network such as `10.0.0.0/8`; a host may end in `:port`. */
function isExempt(url: URL, list: string): boolean {
  const host = hostOf(url);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*' || entry === host) return true;
      if (entry.includes('/')) return isInNetwork(host, entry);
      const [, name, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry)!;
      if (port !== undefined && port !== portOf(url)) return false;
      const bare = name!.replace(/^\*?\./, '');
      return host === bare || host.endsWith(`.${bare}`);
    });
}

function isInNetwork(host: string, entry: string): boolean {
  const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const [network = '', bits] = entry.split('/');
  if (isIP(host) === 0 || family(host) !== family(network)) return false;
  const list = new BlockList();
  try {
    list.addSubnet(network, Number(bits), family(network));
  } catch {
    return false;
  }
  return list.check(host, family(host));
}

/** How a request goes through the proxy: by a tunnel where it is encrypted, else as a whole address. */
export function throughProxy(proxy: URL, url: URL, headers: Record<string, string>): Way {
  if (url.protocol === 'https:') return { url, headers, agent: kept(tunnels, proxy, () => new TunnelAgent(proxy)) };
  const { Agent } = proxy.protocol === 'https:' ? https : http;
  const agent = kept(agents, proxy, () => new Agent({ keepAlive: true }));
  const credentials = credentialsOf(proxy);
  return { url: new URL(proxy.origin), path: url.href, headers: { ...headers, host: url.host, ...credentials }, agent };
}

/** One agent a proxy, so that connections are used again. */
const agents = new Map<string, http.Agent>();
const tunnels = new Map<string, http.Agent>();

function kept(known: Map<string, http.Agent>, { href }: URL, make: () => http.Agent): http.Agent {
  const agent = known.get(href) ?? make();
  known.set(href, agent);
  return agent;
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (!username) return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Reaches servers over TLS through CONNECT, so that the proxy sees a host and a port and nothing else. */
class TunnelAgent extends https.Agent {
  constructor(readonly proxy: URL) {
    super({ keepAlive: true });
  }

  override createConnection(
    options: https.RequestOptions,
    done?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const { proxy } = this;
    const { request } = proxy.protocol === 'https:' ? https : http;
    const target = `${isIP(String(options.host)) === 6 ? `[${options.host}]` : options.host}:${options.port}`;
    const headers = { host: target, ...credentialsOf(proxy) };
    const fail = (error: Error): void => done?.(error, undefined as never);
    request(proxy.origin, { method: 'CONNECT', path: target, headers, agent: false })
      .on('connect', ({ statusCode = 0 }, socket) => {
        if (statusCode === 200) return done?.(null, super.createConnection({ ...options, socket } as never)!);
        socket.destroy();
        fail(new ProxyRefusal(statusCode));
      })
      .on('response', ({ statusCode = 0 }) => fail(new ProxyRefusal(statusCode)))
      .on('error', fail)
      .end();
    return undefined;
  }
}
