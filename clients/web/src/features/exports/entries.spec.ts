import type { ExportSink } from '@aerie/sdk';
import { entriesOf } from './entries.js';

async function* octets(...pieces: number[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Uint8Array.of(piece);
}

/** What comes out when every file is read to its end, as a zip does. */
async function taken(write: (sink: ExportSink) => Promise<void>) {
  const files: [string, number[]][] = [];
  for await (const { name, input } of entriesOf(write)) {
    const content: number[] = [];
    for await (const piece of input) content.push(...piece);
    files.push([name, content]);
  }
  return files;
}

describe('Files written into a sink, as entries to be taken', () => {
  it('come in the order in which they were written, with their octets', async () => {
    const write = async (sink: ExportSink) => {
      await sink.write('a', octets(1, 2));
      await sink.write('b', octets());
      await sink.write('certs/c', octets(3));
    };
    expect(await taken(write)).toEqual([
      ['a', [1, 2]],
      ['b', []],
      ['certs/c', [3]],
    ]);
  });

  it('are none where nothing is written', async () => {
    expect(await taken(async () => {})).toEqual([]);
  });

  it('keep the writer waiting until each was read', async () => {
    let written = 0;
    const entries = entriesOf(async (sink) => {
      for (const name of ['a', 'b']) {
        await sink.write(name, octets(7));
        written++;
      }
    });
    const first = await entries.next();
    expect([first.value?.name, written]).toEqual(['a', 0]);
    for await (const _ of first.value!.input);
    expect([(await entries.next()).value?.name, written]).toEqual(['b', 1]);
  });

  it('fail for the reader and for the writer where their content does', async () => {
    let heard: unknown;
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1);
      throw new Error('the disk is gone');
    }
    const write = (sink: ExportSink) =>
      sink.write('a', broken()).catch((error: unknown) => {
        heard = error;
        throw error;
      });
    await expect(taken(write)).rejects.toThrow('the disk is gone');
    expect(heard).toEqual(new Error('the disk is gone'));
  });

  it('fail where the writer does, between two files', async () => {
    const write = async (sink: ExportSink) => {
      await sink.write('a', octets(1));
      throw new Error('the server is gone');
    };
    await expect(taken(write)).rejects.toThrow('the server is gone');
  });

  it('end their content where the reader stops in the middle', async () => {
    let isEnded = false;
    async function* long(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Uint8Array.of(1);
      } finally {
        isEnded = true;
      }
    }
    const entries = entriesOf((sink) => sink.write('a', long()));
    const { input } = (await entries.next()).value!;
    for await (const _ of input) break;
    expect(isEnded).toBe(true);
  });
});
