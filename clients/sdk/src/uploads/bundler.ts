import { bundleBytesMax, bundleMediaMax, jsonBytesMax } from '@aerie/protocol';
import type { Http } from '../api/http.js';
import type { Retry } from '../api/retry.js';
import { ServerProblem, ServerUnreachable } from '../errors.js';
import { bodyBytesOf, bundleFrame, frameBytes, headBytesOf } from './commit-frame.js';
import { Permits } from './flow.js';
import type { SealedMedia } from './sealed-media.js';

/** Requests under way: while one is stored, the next is sent and the one after is filled. */
const bundlesInFlight = 3;
/** A pause in the input this long sends what there is: a gallery fills while the next card is being plugged in. */
const idleMs = 30;
interface Waiting {
  readonly media: SealedMedia;
  readonly headBytes: number;
  readonly settle: (receipt: string) => void;
  readonly fail: (error: unknown) => void;
}
/** Whether a media fits in a bundle at all. */
export const fitsBundle = (sealedBytes: number, headBytesMax: number): boolean =>
  frameBytes + headBytesMax + sealedBytes <= bundleBytesMax;

/** Commits small media several to a request; each has its own outcome. */
export class Bundler {
  #filling: Waiting[] = [];
  #headBytes = 0;
  #bodyBytes = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #permits = new Permits(bundlesInFlight);

  constructor(
    readonly http: Http,
    readonly projectId: string,
    readonly signal: AbortSignal,
    readonly onRetry: (retry: Retry) => void,
  ) {}

  /**
   * Resolves with the receipt's text, not yet verified.
   * @throws ServerProblem for this media or the whole bundle; ServerUnreachable
   */
  add(media: SealedMedia): Promise<string> {
    const headBytes = headBytesOf(media);
    const addedBytes = bodyBytesOf(media);
    const isFull =
      this.#filling.length >= bundleMediaMax ||
      frameBytes + this.#headBytes + headBytes > jsonBytesMax ||
      frameBytes + this.#headBytes + headBytes + this.#bodyBytes + addedBytes > bundleBytesMax;
    if (isFull) this.flush();
    const receipt = new Promise<string>((settle, fail) => this.#filling.push({ media, headBytes, settle, fail }));
    this.#headBytes += headBytes;
    this.#bodyBytes += addedBytes;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.flush(), idleMs);
    return receipt;
  }

  /** Sends what there is. */
  flush(): void {
    clearTimeout(this.#idle);
    const bundle = this.#filling;
    if (bundle.length === 0) return;
    this.#filling = [];
    this.#headBytes = 0;
    this.#bodyBytes = 0;
    void this.#permits
      .during(() => this.#send(bundle))
      .catch((error: unknown) => {
        for (const { fail } of bundle) fail(error);
      });
  }

  /** Repeating it is harmless: the server answers the same for a manifest it has committed. */
  async #send(bundle: readonly Waiting[]): Promise<void> {
    const body = bundleFrame(bundle.map(({ media }) => media));
    const { signal, onRetry, projectId } = this;
    const { outcomes } = await this.http.call('commitBundle', { params: { projectId }, body, signal, onRetry });
    const byMedia = new Map(outcomes.map((outcome) => [outcome.mediaId, outcome]));
    for (const { media, settle, fail } of bundle) {
      const outcome = byMedia.get(media.mediaId);
      if (!outcome) fail(new ServerUnreachable('its answer left out a file'));
      else if ('receipt' in outcome) settle(outcome.receipt);
      else fail(new ServerProblem(outcome.problem));
    }
  }
}
