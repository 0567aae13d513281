import type { CheckOptions, ListedMedia, Media, MediaCheck, PictureSize } from '@aerie/sdk';
import { Refusal, TrustError } from '@aerie/sdk';
import { proxy, transfer } from 'comlink';
import { pull } from '../../platform/engine/pull.js';
import type { Client } from '../../platform/engine/client.js';
import { decodeText } from './shown-as.js';

/** What is known about one media, by who says so. */
export interface Facts {
  readonly media: Media;
  /** Null where it is not verified: then nothing it claims is repeated. */
  readonly signed: {
    /** When the uploader signed, by its own clock. */
    readonly signedAt: string;
    readonly deviceKind: 'full' | 'upload-only' | 'renderer';
    readonly epoch: number;
    /** Octets of ciphertext: what the server holds. */
    readonly sealed: readonly { readonly role: string; readonly bytes: number }[];
    readonly deviceFp: string;
    readonly memberFp: string;
    readonly rootFp: string;
    readonly epochFp: string;
    /** Out of the receipt, which the server signed. */
    readonly receivedAt: string;
    /** Whether the pictures came from the uploader or the project's renderer. */
    readonly picturesBy: 'uploader' | 'renderer' | null;
  } | null;
  /** Claims of the server that are not signed. */
  readonly server: { readonly checkedAt: string | null } | null;
}

/** The first megabyte of a log tells what it is, and a page with more of it stutters. */
const textBytesMax = 1024 * 1024;
const pictureMimes = ['image/jpeg', 'image/png', 'image/webp'];

export interface Check {
  result(): Promise<MediaCheck>;
  stop(): void;
}

declare module '../../platform/engine/engines.js' {
  interface Engines {
    viewer: ReturnType<typeof viewerEngine>;
  }
}

export default function viewerEngine(client: Client) {
  return {
    facts: async (mediaId: string): Promise<Facts> => factsOf(await client.aerie.media.inspect(mediaId), client),

    /** @throws Refusal `picture.none` */
    async picture(mediaId: string, size: PictureSize): Promise<{ octets: Uint8Array; mime: string }> {
      const { bytes, mime } = await client.aerie.previews.read(mediaId, size);
      if (!pictureMimes.includes(mime)) throw new TrustError('trust.blob', `The ${size} is no picture`);
      const octets = bytes.slice();
      return transfer({ octets, mime }, [octets.buffer]);
    },

    /** The original, every octet checked. */
    async original(mediaId: string) {
      const { content } = await client.aerie.media.download(mediaId);
      return pull(content);
    },

    /** The beginning of a text; null where it is none after all. */
    async text(mediaId: string): Promise<{ text: string; isWhole: boolean } | null> {
      const original = await client.aerie.media.openOriginal(mediaId);
      const end = Math.min(textBytesMax, original.bytes);
      const octets = new Uint8Array(end);
      let filled = 0;
      for await (const piece of original.read(0, end)) {
        octets.set(piece, filled);
        filled += piece.length;
      }
      const text = decodeText(octets);
      return text === null ? null : { text, isWhole: end === original.bytes };
    },

    /** Downloads and checks everything of one media. @param onProgress octets of the original so far */
    check(mediaId: string, onProgress: (bytesDone: number) => void) {
      const stop = new AbortController();
      const options: CheckOptions = { signal: stop.signal, onProgress: paced(onProgress) };
      const result = client.aerie.media.check(mediaId, options).catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
        throw new Refusal('ingest.aborted', 'The check was canceled');
      });
      result.catch(() => {});
      const check: Check = { result: () => result, stop: () => stop.abort() };
      return proxy(check);
    },
  };
}

const progressMs = 100;

/** Pieces are small, and each message costs the page a turn. */
function paced(tell: (bytesDone: number) => void): (bytesDone: number) => void {
  let told = 0;
  return (bytesDone) => {
    const now = performance.now();
    if (now - told < progressMs) return;
    told = now;
    tell(bytesDone);
  };
}

function factsOf({ listed, opened }: ListedMedia, { aerie }: Client): Facts {
  if (!opened) return { media: listed, signed: null, server: null };
  const { manifest, uploader, memberFp, blobs, committedAt, view } = opened.media;
  const thumb = blobs.get('thumb') ?? blobs.get('preview');
  const isByUploader = manifest.blobs.some(({ blobId }) => blobId === thumb?.blobId);
  return {
    media: listed,
    signed: {
      signedAt: manifest.createdAt,
      deviceKind: uploader.record.kind,
      epoch: manifest.epoch,
      sealed: [...blobs].map(([role, { bytes }]) => ({ role, bytes })),
      deviceFp: uploader.certificate.fingerprint,
      memberFp,
      rootFp: aerie.keyring.rootFp,
      epochFp: manifest.epochFp,
      receivedAt: committedAt,
      picturesBy: thumb ? (isByUploader ? 'uploader' : 'renderer') : null,
    },
    server: { checkedAt: view.checkedAt },
  };
}
