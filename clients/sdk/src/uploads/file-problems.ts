/** What can be wrong with a file that is being ingested; each message says what was kept and what to do. */

export class FileVanished extends Error {
  override readonly name = 'FileVanished';
  constructor(readonly path: string) {
    super('The file is gone. Nothing of it was stored; put the card or disk back and ingest it again.');
  }
}

export class FileChanged extends Error {
  override readonly name = 'FileChanged';
  constructor(readonly path: string) {
    super(
      'The file changed while it was read. Nothing of it was stored; wait until it is complete and ingest it again.',
    );
  }
}

export class FileUnreadable extends Error {
  override readonly name = 'FileUnreadable';
  constructor(
    readonly path: string,
    why: string,
    cause?: unknown,
  ) {
    super(`The file cannot be read: ${why}. Nothing of it was stored; correct that and ingest it again.`, { cause });
  }
}
