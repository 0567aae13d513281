import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { segmentBytes } from '@aerie/protocol';
import type { IngestEvent, IngestResult, NoPicture } from '@aerie/sdk';
import { ingestItems, openFolderJournal, walk } from '@aerie/sdk/node';
import { findProject, journalFolder, withAerie } from '../client.js';
import { body, jsonOption, type Output } from '../command.js';
import { Interrupted, type Failure } from '../failure.js';
import { formatBytes, formatSeconds, visible } from '../format.js';
import { sweeper } from '../memory.js';
import { openProgress, type Progress } from '../progress.js';

export function addIngest(parent: Command): void {
  parent
    .command('ingest')
    .description('encrypt files and folders and upload them; files that are stored already are skipped')
    .argument('<path...>', 'files and folders')
    .requiredOption('--project <project>', 'id or name of the project')
    .option(...jsonOption)
    .action(body(ingest, 'Nothing was stored.'));
}

async function ingest(output: Output, paths: string[], options: { project: string }): Promise<void> {
  await withAerie(
    output,
    async (aerie) => {
      const { projectId, previews } = await findProject(aerie, options.project);
      const journal = await openFolderJournal(journalFolder());
      const signal = output.takeStop();
      const progress = openProgress({ isPlain: output.json && process.stdout.isTTY });
      const tally = new Tally();
      const sweep = sweeper();
      if (process.stderr.isTTY) void announceTotal(paths, progress);
      const results = aerie.uploads.ingest(ingestItems(paths, { pictures: previews !== 'none' }), {
        projectId,
        journal,
        signal,
        onEvent: (event) => {
          // One event a part, or one for a small file.
          if (event.kind === 'progress') sweep(Math.min(event.bytesDone, segmentBytes));
          show(event, progress);
        },
      });
      try {
        for await (const result of results) {
          output.item('file', result);
          if (isAborted(result)) continue;
          progress.finish(result.path, result.bytes, lineOf(result));
          tally.add(result);
          // At once, so that it is told whatever happens to the next one.
          output.result(tally.value(), () => []);
        }
        output.result(tally.value(), () => []);
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        progress.end();
      }
      if (signal.aborted) throw new Interrupted(`${tally.sentence()} Parts that arrived are kept: ${goOn}`);
      for (const line of tally.summary()) output.note(line);
      if (tally.failed.length > 0) output.failed(tally.failure());
    },
    needsHome,
  );
}

/** The journal of unfinished uploads is in the home. */
const needsHome = { needsHome: true };

const goOn = 'run the same command again to go on where it stopped.';
const isAborted = ({ problem }: IngestResult): boolean => problem?.code === 'ingest.aborted';

/** Walks ahead of the ingest, so that the bar of the whole knows how much there is. */
async function announceTotal(paths: string[], progress: Progress): Promise<void> {
  let files = 0;
  let bytes = 0;
  for await (const entry of walk(paths)) {
    files += 1;
    if (!('relativePath' in entry)) continue;
    bytes += await stat(entry.path).then(
      ({ size }) => size,
      () => 0,
    );
  }
  progress.total(files, bytes);
}

function show(event: IngestEvent, progress: Progress): void {
  if (event.kind === 'started') return;
  if (event.kind === 'progress') progress.file(event.path, event.bytesDone, event.bytes);
  else if (event.kind === 'resumed') {
    progress.note(
      `resumed         ${visible(event.path)}: ${event.partsKept} of ${event.parts} parts were there already`,
    );
  } else progress.note(`trying again in ${formatSeconds(event.waitMs / 1000)}: ${visible(event.problem.message)}`);
}

function lineOf({ status, path, bytes, storedAs, pictures, problem }: IngestResult): string {
  const name = visible(path);
  if (status === 'failed') return `failed          ${name}: ${visible(problem?.message ?? 'no reason was given')}`;
  if (status === 'skipped') return `skipped         ${name}: left there by the operating system`;
  const remark =
    status === 'stored' && !pictures.made
      ? `, ${withoutThumbnail(pictures)}`
      : storedAs === null
        ? ''
        : `, as ${visible(storedAs)}`;
  return `${status === 'stored' ? 'stored        ' : 'already stored'}  ${name} (${formatBytes(bytes)}${remark})`;
}

/** That a flight log has no thumbnail needs no reason; that a photograph has none does. */
const withoutThumbnail = ({ code, text }: NoPicture): string =>
  code === 'no_picture_type' ? 'no thumbnail' : `no thumbnail: ${visible(text)}`;

class Tally {
  readonly failed: IngestResult[] = [];
  #stored = 0;
  #storedBytes = 0;
  #alreadyStored = 0;
  #skipped = 0;

  add(result: IngestResult): void {
    if (result.status === 'failed') this.failed.push(result);
    else if (result.status === 'already-stored') this.#alreadyStored += 1;
    else if (result.status === 'skipped') this.#skipped += 1;
    else {
      this.#stored += 1;
      this.#storedBytes += result.bytes;
    }
  }

  value(): unknown {
    const [stored, bytesStored, alreadyStored] = [this.#stored, this.#storedBytes, this.#alreadyStored];
    return { stored, bytesStored, alreadyStored, failed: this.failed.length };
  }

  failure(): Failure {
    return {
      code: 'ingest.incomplete',
      title: `${this.failed.length} of ${this.#stored + this.#alreadyStored + this.failed.length} files were not stored`,
      hint: 'Keep the card. What is the matter with each is said with its name; then run the same command again.',
    };
  }

  sentence(): string {
    const skipped = this.#skipped === 0 ? '' : ` ${this.#skipped} of the operating system's own skipped.`;
    return `${this.#stored} stored (${formatBytes(this.#storedBytes)}), ${this.#alreadyStored} already stored, ${this.failed.length} failed.${skipped}`;
  }

  summary(): string[] {
    if (this.#stored + this.#alreadyStored + this.failed.length + this.#skipped === 0)
      return ['', 'No files were found there. Check that the card is mounted and the path is right.'];
    return ['', this.sentence(), ...this.failed.flatMap((result) => this.#advice(result))];
  }

  #advice({ path, problem }: IngestResult): string[] {
    return [
      `  ${visible(path)}`,
      ...[problem?.message, problem?.hint].filter(Boolean).map((line) => `    ${visible(line!)}`),
    ];
  }
}
