import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { WebRelease, inertPolicy, policyOf, webReleasePath } from '@aerie/protocol';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

export type Encoding = 'br' | 'gzip' | 'identity';

/** One file as it is answered: its octets, also compressed where that makes them fewer, and the headers of its own. */
export interface WebFile {
  readonly octets: Readonly<Partial<Record<Encoding, Buffer>>> & { readonly identity: Buffer };
  readonly headers: Readonly<Record<string, string>>;
}

/** Quality 11 would save another tenth and take a second of every start. */
const brotliQuality = 9;
/** Below this, compression saves no packet. */
const compressBytesMin = 1_024;
const isText = (type: string): boolean => /^text\/|json|svg/.test(type);

/**
 * The web app as one build made it, checked file by file against its release manifest and held in memory. So what is
 * served cannot change under a running server, and a damaged build is never served.
 */
export class WebBuild {
  private constructor(
    private readonly page: WebFile,
    private readonly files: ReadonlyMap<string, WebFile>,
  ) {}

  /** @throws Error naming the first file that is missing or differs from the manifest */
  static async read(folder: string): Promise<WebBuild> {
    const manifest = await octetsOf(folder, webReleasePath);
    const release = parse(manifest, folder);
    const names = Object.keys(release.files);
    const files = new Map(
      await Promise.all(names.map(async (name) => [name, await checked(folder, name, release)] as const)),
    );
    files.set(webReleasePath, await pack(manifest, headersOf('application/json', inertPolicy, webReleasePath)));
    return new WebBuild(files.get(release.page)!, files);
  }

  /** The file at a path. Where there is none, a person gets the page, which knows its own paths; a program nothing. */
  find(path: string, wantsPage: boolean): WebFile | undefined {
    if (path === '/') return this.page;
    return this.files.get(path) ?? (wantsPage && !path.startsWith('/assets/') ? this.page : undefined);
  }
}

async function octetsOf(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new Error(`the web app in ${folder} lacks ${name}. ${remedy}`, { cause });
  }
}
const remedy = 'Build it again (npm run build), or set AERIE_WEB_DIR to a complete build.';

function parse(manifest: Buffer, folder: string): WebRelease {
  try {
    return WebRelease.parse(JSON.parse(manifest.toString('utf8')));
  } catch (cause) {
    throw new Error(`${join(folder, webReleasePath)} cannot be read. ${remedy}`, { cause });
  }
}

async function checked(folder: string, name: string, release: WebRelease): Promise<WebFile> {
  const octets = await octetsOf(folder, name);
  const { integrity, type } = release.files[name]!;
  if (integrityOf(octets) !== integrity)
    throw new Error(`the web app in ${folder} is damaged: ${name} is not the file of this build. ${remedy}`);
  return pack(octets, headersOf(type, policyOf(release, name), name));
}

const integrityOf = (octets: Buffer): string => `sha384-${createHash('sha384').update(octets).digest('base64')}`;

/** Names below /assets/ carry their hash, so what they name never changes. */
const headersOf = (type: string, policy: string, name: string): Record<string, string> => ({
  'content-type': type,
  'content-security-policy': policy,
  'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  vary: 'accept-encoding',
});

async function pack(identity: Buffer, headers: Record<string, string>): Promise<WebFile> {
  const octets = { identity, ...(await compressed(identity, headers['content-type']!)) };
  // Weak: the same for every encoding.
  return { octets, headers: { ...headers, etag: `W/"${integrityOf(identity)}"` } };
}

async function compressed(octets: Buffer, type: string): Promise<Partial<Record<Encoding, Buffer>>> {
  if (octets.length < compressBytesMin || !isText(type)) return {};
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: octets.length };
  return { br: await brotli(octets, { params }), gzip: await zip(octets, { level: 9 }) };
}
