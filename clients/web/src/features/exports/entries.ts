import type { ExportSink } from '@aerie/sdk';

export interface Entry {
  readonly name: string;
  readonly input: AsyncIterable<Uint8Array>;
}

/**
 * The files that something writes into a sink, to be taken one after the other: each is to be read before the next is
 * asked for. Ends, or fails, when the writer does.
 */
export async function* entriesOf(write: (sink: ExportSink) => Promise<void>): AsyncGenerator<Entry> {
  let next = awaited<Entry | null>();
  const sink: ExportSink = {
    write: (name, content) =>
      new Promise((resolve, reject) => next.resolve({ name, input: told(content, resolve, reject) })),
  };
  write(sink).then(
    () => next.resolve(null),
    (error: unknown) => next.reject(error),
  );
  for (;;) {
    const entry = await next.promise;
    if (!entry) return;
    // Reading it to its end lets the writer go on, perhaps before this generator is asked again.
    next = awaited();
    yield entry;
  }
}

async function* told(
  content: AsyncIterable<Uint8Array>,
  onEnd: () => void,
  onFault: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    onFault(error);
    throw error;
  }
  onEnd();
}

interface Awaited<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function awaited<T>(): Awaited<T> {
  let settle!: Omit<Awaited<T>, 'promise'>;
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  // A reader that was told of the fault already does not ask again.
  promise.catch(() => {});
  return { promise, ...settle };
}
