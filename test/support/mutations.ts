import { randomUUID } from 'node:crypto';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A request as it will be sent: everything about it may be changed. */
export interface Draft {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

const texts = [
  '',
  ' ',
  '\u0000',
  'x'.repeat(5_000),
  "'; DROP TABLE media; --",
  '../../etc/passwd',
  '\ud800',
  '𝔘𝔫𝔦',
  'null',
  '-1',
  '1e999',
  'A'.repeat(43) + '=',
];
const values: unknown[] = [null, true, 0, -1, 0.5, 2 ** 53, 1e308, [], {}, [[[[[]]]]], ...texts];
const paths = [
  '%00',
  '..%2f..%2f',
  '%ff',
  'a'.repeat(200),
  '%F0%9F%9B%B8',
  '0',
  '-1',
  '1e9',
  'NaN',
  '00000000-0000-0000-0000-000000000000',
];
const types = [
  'text/plain',
  'application/json',
  'application/octet-stream',
  'application/json; charset=latin1',
  'x',
  '',
  'multipart/form-data; boundary=x',
  'application/xml',
];
const headers: [string, string[]][] = [
  ['content-type', types],
  ['content-encoding', ['gzip', 'br', 'identity', 'x']],
  ['content-digest', ['', 'sha-256=::', 'sha-256=:AAAA:', 'md5=:AA==:', `sha-256=:${'A'.repeat(43)}=:`]],
  ['range', ['bytes=0-', 'bytes=-1', 'bytes=9-1', 'bytes=a-b', 'x=1', `bytes=${'0-,'.repeat(900)}`]],
  ['idempotency-key', ['', 'x', 'y'.repeat(201), 'z'.repeat(200)]],
  ['authorization', ['', 'Bearer', 'Bearer x', 'Basic eDp5', `Bearer ${'x'.repeat(4_000)}`]],
  ['expect', ['100-continue', 'x']],
  ['origin', ['null', 'https://stranger.example']],
  ['x-forwarded-for', ['1.2.3.4, 5.6.7.8']],
  ['accept', ['text/html', 'x']],
  ['transfer-encoding', ['chunked']],
];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'];

/** Changes one thing about a request. @returns what, in a word */
export function mutate(draft: Draft, random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const kind = pick([
    'path',
    'query',
    'method',
    'header',
    'header',
    'json',
    'json',
    'json',
    'octets',
    'octets',
    'frame',
  ]);
  if (kind === 'path') {
    const parts = draft.path.split('/');
    parts[3 + Math.floor(random() * (parts.length - 3))] = random() < 0.2 ? randomUUID() : pick(paths);
    draft.path = parts.join('/');
  } else if (kind === 'query') {
    const name = pick(['limit', 'after', 'order', '__proto__', 'x']);
    draft.path += `${draft.path.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(pick(['', '1', '-1', '1e9', 'newest', '𝔘']))}`;
  } else if (kind === 'method') {
    draft.method = pick(methods);
  } else if (kind === 'header') {
    const [name, from] = pick(headers);
    if (random() < 0.2) delete draft.headers[name];
    else draft.headers[name] = pick(from);
  } else if (kind === 'json') {
    draft.body = mutateJson(draft.body, random, pick);
  } else if (kind === 'octets') {
    draft.body = mutateOctets(draft.body ?? Buffer.alloc(0), random);
  } else if (draft.body && draft.body.length > 4) {
    // A frame: its head is mutated as JSON, its length kept true, so that what comes behind is reached.
    const bytes = draft.body.readUInt32BE(0);
    if (bytes <= draft.body.length - 4) {
      const head = mutateJson(draft.body.subarray(4, 4 + bytes), random, pick);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(head.length);
      draft.body = Buffer.concat([length, head, draft.body.subarray(4 + bytes)]);
    }
  }
  return kind;
}

function mutateJson(body: Buffer | undefined, random: () => number, pick: <T>(from: readonly T[]) => T): Buffer {
  let root: unknown;
  try {
    root = JSON.parse((body ?? '').toString());
  } catch {
    return Buffer.from(JSON.stringify(pick(values)));
  }
  const leaves: [parent: Record<string, unknown>, key: string][] = [];
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    for (const key of Object.keys(node)) {
      leaves.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(root);
  if (leaves.length === 0) return Buffer.from(JSON.stringify(pick(values)));
  const [parent, key] = pick(leaves);
  const old = parent[key];
  const how = random();
  if (how < 0.2) delete parent[key];
  else if (how < 0.35) parent[`${key}x`] = old;
  else if (how < 0.5 && typeof old === 'string' && old.length > 8) {
    const at = Math.floor(random() * old.length);
    parent[key] = old.slice(0, at) + pick(['A', '/', 'b', '7']) + old.slice(at + 1);
  } else if (how < 0.6 && Array.isArray(old)) parent[key] = Array.from({ length: 300 }, () => (old as unknown[])[0]);
  else parent[key] = pick(values);
  return Buffer.from(JSON.stringify(root));
}

function mutateOctets(body: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * body.length);
  const how = random();
  if (how < 0.3) return body.subarray(0, at);
  if (how < 0.4) return Buffer.alloc(0);
  if (how < 0.5) return Buffer.concat([body, Buffer.from('tail')]);
  if (how < 0.6) return Buffer.from('{"__proto__":{"x":1}}');
  const changed = Buffer.from(body);
  if (changed.length > 0) changed[at]! ^= 1 << Math.floor(random() * 8);
  return changed;
}
