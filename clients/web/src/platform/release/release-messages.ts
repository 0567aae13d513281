/** From the service worker to the pages: a file that the server sent is not the one its release names. */
export interface ReleaseFault {
  readonly type: 'aerie.release-fault';
  readonly path: string;
}
