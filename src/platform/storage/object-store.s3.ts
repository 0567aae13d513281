import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'minio';
import { asSealed, type Sealed } from '@aerie/protocol';
import {
  type ByteRange,
  checkKey,
  checkPrefix,
  checkRange,
  DigestRefused,
  ObjectMissing,
  ObjectStore,
  type PartsRef,
  type StoredObject,
  type StoredPart,
  StoreFull,
  type StoreSpace,
  StoreUnavailable,
  UploadMissing,
} from './object-store.port.js';

/** Calls that move no object bytes. A healthy store answers in milliseconds, a busy one in seconds. */
const smallCallMs = 20_000;
/** One part of up to 17 MB, or one small object: still enough at 150 kB/s. */
const bytesCallMs = 120_000;
/** How often, and how far apart, to look for an object whose parts were just joined. */
const completeLooks = 4;
const completeLookMs = 250;
/** Joining 10,000 parts; some engines copy them. */
const completeCallMs = 180_000;
/** A connection on which nothing moves. Longer than a slow reader of a download needs between two reads. */
const idleSocketMs = 60_000;
/** Many uploads at a time, each with a handful of parts; the store's own limit comes before this one. */
const socketsMax = 256;
/** How long to wait for a store that starts beside this server. */
const startMs = 60_000;
const startRetryMs = 1_000;

export interface S3Options {
  /** Scheme, host and port, such as `http://127.0.0.1:9000`. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
}

const fullCodes = ['XMinioStorageFull', 'QuotaExceeded', 'XMinioAdminBucketQuotaExceeded', 'InsufficientStorage'];
const digestCodes = ['XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch', 'BadDigest', 'InvalidDigest'];
const uploadCodes = ['NoSuchUpload', 'InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'];
const missingCodes = ['NoSuchKey', 'NotFound'];

/** Gives an S3 error code the name of the port. The code is the engine's; its message may quote the request. */
function portError(error: unknown): Error {
  const code = (error as { code?: unknown })?.code;
  if (typeof code !== 'string') return new StoreUnavailable('the object store failed', { cause: error });
  if (fullCodes.includes(code)) return new StoreFull('the object store is full', { cause: error });
  if (digestCodes.includes(code)) {
    return new DigestRefused('the bytes do not have the SHA-256 that came with them', { cause: error });
  }
  if (uploadCodes.includes(code)) return new UploadMissing('there is no such upload', { cause: error });
  if (missingCodes.includes(code)) return new ObjectMissing('there is no object under this key', { cause: error });
  if (code === 'InvalidRange') return new RangeError('the range begins behind the object', { cause: error });
  return new StoreUnavailable(`the object store answered ${code}`, { cause: error });
}

/** The connection was closed by the other side between two requests; the request never began. */
const isStaleConnection = (error: unknown): boolean => (error as { code?: string })?.code === 'ECONNRESET';

/** Runs one call, once more if its kept-alive connection had gone stale, under a deadline. */
async function call<T>(deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const late = new AbortController();
  const deadline = sleep(deadlineMs, undefined, { signal: late.signal }).then(() => {
    throw new StoreUnavailable(`the object store did not answer within ${deadlineMs} ms`);
  });
  deadline.catch(() => undefined);
  try {
    const result = work().catch((error: unknown) => (isStaleConnection(error) ? work() : Promise.reject(error)));
    return await Promise.race([result, deadline]);
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : portError(error);
  } finally {
    late.abort();
  }
}

/** What the client library calls to send a request: adds the idle deadline and frees what the library drops. */
function transportFor(protocol: typeof http | typeof https) {
  const request = (options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
    const sent = protocol.request(options, (response) => {
      // The library throws away these answers unread, and an unread answer would keep its connection open.
      if ([408, 429, 499, 500, 502, 503, 504, 520].includes(response.statusCode ?? 0)) response.resume();
      onResponse(response);
    });
    return sent.setTimeout(idleSocketMs, () => sent.destroy(new StoreUnavailable('the object store fell silent')));
  };
  return { request } as typeof http;
}

/**
 * Objects in a bucket of MinIO or another S3 engine. The engine checks each body against `x-amz-content-sha256`, which
 * is part of the signature; this process does not hash it. Uncertain outcomes are settled by HEAD.
 */
export class S3ObjectStore extends ObjectStore {
  private readonly client: Client;
  private readonly bucket: string;
  /** Whether the latest write went well. Before the first one, and after one that failed, `check` finds out by writing. */
  private canWrite = false;

  constructor(private readonly options: S3Options) {
    super();
    const { protocol, hostname, port } = new URL(options.endpoint);
    const tls = protocol === 'https:';
    const agentOptions = { keepAlive: true, maxSockets: socketsMax };
    this.bucket = options.bucket;
    this.client = new Client({
      endPoint: hostname,
      port: port ? Number(port) : undefined,
      useSSL: tls,
      region: options.region,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      transport: transportFor(tls ? https : http),
      transportAgent: tls ? new https.Agent(agentOptions) : new http.Agent(agentOptions),
      retryOptions: { disableRetry: true },
    });
    // Over TLS the library would send UNSIGNED-PAYLOAD, and the engine would check nothing.
    this.client.enableSHA256 = true;
  }

  /** Makes the bucket when it is missing; waits for a store that is still starting. @throws StoreUnavailable */
  async ensureBucket(): Promise<void> {
    for (const start = Date.now(); ; await sleep(startRetryMs)) {
      try {
        if (await call(smallCallMs, () => this.client.bucketExists(this.bucket))) return;
        await call(smallCallMs, () => this.client.makeBucket(this.bucket, this.options.region));
      } catch (error) {
        if (Date.now() - start > startMs) throw error;
      }
    }
  }

  async put(key: string, bytes: Sealed, sha256: Uint8Array): Promise<void> {
    checkKey(key);
    await this.send(key, '', bytes, sha256);
  }

  async beginParts(key: string): Promise<string> {
    checkKey(key);
    const begun = await this.findParts(key);
    return begun ?? this.writing(smallCallMs, () => this.client.initiateNewMultipartUpload(this.bucket, key, {}));
  }

  /** The upload in parts that was begun under the key. The store's own id of it may have been lost with who began it. */
  private findParts(key: string): Promise<string | undefined> {
    return call(smallCallMs, () => this.client.findUploadId(this.bucket, key));
  }

  async putPart(ref: PartsRef, partNumber: number, _offset: number, bytes: Sealed, sha256: Uint8Array) {
    checkKey(ref.key);
    const query = `partNumber=${partNumber + 1}&uploadId=${encodeURIComponent(ref.uploadRef)}`;
    return this.send(ref.key, query, bytes, sha256);
  }

  async completeParts(ref: PartsRef, parts: readonly StoredPart[], objectBytes: number): Promise<void> {
    checkKey(ref.key);
    const tags = parts.map(({ number, tag }) => ({ part: number + 1, etag: tag }));
    const failure = await this.writing(completeCallMs, () =>
      this.client.completeMultipartUpload(this.bucket, ref.key, ref.uploadRef, tags),
    ).then(
      () => null,
      (error: unknown) => error,
    );
    // Neither answer is a fact: a failure may have succeeded, and a success may have joined other parts. Where the same is
    // asked twice at once, the object may be away for a moment while the engine puts it in its place: look again.
    for (let look = 0; look < completeLooks; look++) {
      if (look > 0) await sleep(completeLookMs);
      if ((await this.head(ref.key))?.bytes === objectBytes) return;
    }
    throw failure ?? new UploadMissing('the parts do not add up to the object');
  }

  async abortParts(key: string): Promise<void> {
    checkKey(key);
    const uploadRef = await this.findParts(key);
    if (uploadRef === undefined) return;
    try {
      await call(smallCallMs, () => this.client.abortMultipartUpload(this.bucket, key, uploadRef));
    } catch (error) {
      if (!(error instanceof UploadMissing)) throw error;
    }
  }

  async head(key: string): Promise<{ bytes: number; modifiedAt: Date } | null> {
    checkKey(key);
    try {
      const found = await call(smallCallMs, () => this.client.statObject(this.bucket, key));
      return { bytes: found.size, modifiedAt: found.lastModified };
    } catch (error) {
      if (error instanceof ObjectMissing) return null;
      throw error;
    }
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    checkKey(key);
    if (range) checkRange(range);
    return call(smallCallMs, () =>
      range
        ? this.client.getPartialObject(this.bucket, key, range.start, range.end - range.start)
        : this.client.getObject(this.bucket, key),
    );
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    try {
      await call(smallCallMs, () => this.client.removeObject(this.bucket, key));
    } catch (error) {
      if (!(error instanceof ObjectMissing)) throw error;
    }
  }

  async *list(prefix: string, after = ''): AsyncIterable<StoredObject> {
    checkPrefix(prefix);
    for (let continuation: string | undefined = ''; continuation !== undefined;) {
      const token: string = continuation;
      const page = await call(smallCallMs, () =>
        this.client.listObjectsV2Query(this.bucket, prefix, token, '', 1000, after),
      );
      for (const found of page.objects) {
        if (found.name) yield { key: found.name, bytes: found.size, modifiedAt: new Date(found.lastModified) };
      }
      continuation = page.isTruncated ? page.nextContinuationToken : undefined;
    }
  }

  async space(): Promise<StoreSpace> {
    return { kind: 's3', disk: null };
  }

  async check(): Promise<void> {
    const isThere = await call(smallCallMs, () => this.client.bucketExists(this.bucket));
    if (!isThere) throw new StoreUnavailable('the bucket is gone');
    // That the bucket answers does not say that these keys may write to it.
    if (!this.canWrite) await this.proveWritable();
  }

  private async proveWritable(): Promise<void> {
    const key = `0/${randomBytes(16).toString('hex')}`;
    const content = asSealed(randomBytes(16));
    await this.put(key, content, createHash('sha256').update(content).digest());
    await this.delete(key);
  }

  /** Runs a call that writes, and remembers whether the store took it. What the caller did wrong says nothing of that. */
  private async writing<T>(deadlineMs: number, work: () => Promise<T>): Promise<T> {
    try {
      const answer = await call(deadlineMs, work);
      this.canWrite = true;
      return answer;
    } catch (error) {
      if (error instanceof StoreUnavailable || error instanceof StoreFull) this.canWrite = false;
      throw error;
    }
  }

  /** PUT with a digest that is already known; the library's own methods would hash the body. @returns the ETag */
  private async send(key: string, query: string, bytes: Sealed, sha256: Uint8Array): Promise<string> {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const digest = Buffer.from(sha256).toString('hex');
    return this.writing(bytesCallMs, async () => {
      const headers = { 'content-length': String(body.length), 'content-type': 'application/octet-stream' };
      const target = { method: 'PUT', bucketName: this.bucket, objectName: key, query, headers };
      const response = await this.client.makeRequestStreamAsync(target, body, digest, [200], '');
      await response.toArray();
      return String(response.headers.etag ?? '').replaceAll('"', '');
    });
  }
}
