/** What is said between a page and the service worker about files that another app handed over. */

/** Where the system sends them (build/web-manifest.ts), and the page that takes them. */
export const sharePath = '/share';

export interface ShareRequest {
  readonly type: 'aerie.share';
}

/** Over the port that came with the request. Each file is given once. */
export interface ShareAnswer {
  readonly files: readonly File[];
}
