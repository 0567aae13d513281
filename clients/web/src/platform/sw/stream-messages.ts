/**
 * What is said over the port between the service worker and the engine for one range of one video. The service worker
 * asks with the port's first message; the engine answers with a head or a refusal, and then gives one piece for every
 * `more`, so that nothing is fetched or decrypted ahead of what the player takes.
 */

/** Where a video stands for this app's own pages: `/stream/<mediaId>`. The service worker answers; the server never sees it. */
export const streamPath = /^\/stream\/([0-9a-f-]{36})$/;

export interface StreamRequest {
  readonly type: 'aerie.stream';
  readonly mediaId: string;
  /** First octet of plaintext; from the end where negative (RFC 9110, 14.1.2). */
  readonly start: number;
  /** Last octet of plaintext, inclusive; null for all that follows. */
  readonly last: number | null;
}

export type StreamAnswer =
  | { readonly head: { readonly mime: string; readonly bytes: number; readonly start: number; readonly end: number } }
  | { readonly refused: 'range' | 'failed' }
  | { readonly piece: Uint8Array<ArrayBuffer> }
  | { readonly end: true };

export type StreamOrder = 'more' | 'cancel';
