import type { Command } from 'commander';
import type { JobsReport, ServerWarning, StorageReport } from '@aerie/sdk';
import { withAerie } from '../client.js';
import { jsonOption, showing } from '../command.js';
import { formatBytes, formatTime, table, visible, type Column } from '../format.js';
import { wordsFor } from '../warnings.js';

export function addServerStatus(server: Command): void {
  server
    .command('status')
    .description('for owners: show warnings, storage and background jobs of the server')
    .option(...jsonOption)
    .action(
      showing(async (output) => {
        await withAerie(output, async (aerie) => {
          const warnings = await aerie.server.warnings();
          const storage = await aerie.server.storage();
          const jobs = await aerie.server.jobs();
          output.result({ warnings, storage, jobs }, () => [
            ...section('WARNINGS', warningLines(warnings)),
            ...section('STORAGE', storageLines(storage)),
            ...section('JOBS', jobLines(jobs)),
          ]);
        });
      }),
    );
}

const section = (head: string, lines: readonly string[]): string[] => [head, ...lines.map((line) => `  ${line}`), ''];

const warningLines = (warnings: readonly ServerWarning[]): string[] =>
  warnings.length === 0
    ? ['None.']
    : warnings.map((warning) => `${warning.severity.padEnd(8)}  ${visible(wordsFor(warning))}`);

function storageLines({ store, databaseBytes, openUploads, unpacked, projects }: StorageReport): string[] {
  const { disk } = store;
  const free = disk && `${formatBytes(disk.bytesFree)} of ${formatBytes(disk.bytesTotal)} free`;
  const since = openUploads.oldestAt ? `, the oldest since ${formatTime(openUploads.oldestAt)}` : '';
  return [
    `Objects       ${store.kind}${free ? `, ${free}` : ''}`,
    `Database      ${formatBytes(databaseBytes)}`,
    `Open uploads  ${openUploads.count}, ${formatBytes(openUploads.bytesReserved)} reserved${since}`,
    `Thumbnails    ${unpacked.blobs} pending, ${formatBytes(unpacked.bytes)}`,
    ...(projects.length > 0 ? ['', ...table(projects, projectColumns)] : []),
  ];
}

const projectColumns: Column<StorageReport['projects'][number]>[] = [
  { head: 'PROJECT', text: ({ projectId }) => projectId },
  { head: 'FILES', align: 'right', text: ({ mediaCount }) => String(mediaCount) },
  { head: 'STORED', align: 'right', text: ({ bytesUsed }) => formatBytes(bytesUsed) },
  { head: 'QUOTA', align: 'right', text: ({ bytesQuota }) => (bytesQuota === null ? '-' : formatBytes(bytesQuota)) },
  { head: 'NAME', text: ({ name }) => (name === null ? '(not shared with you)' : visible(name)) },
];

function jobLines({ kinds, stuck, renderings }: JobsReport): string[] {
  const failures = renderings.failures.length > 0 ? ['', ...table(renderings.failures, failureColumns)] : [];
  return [
    ...table(kinds, kindColumns),
    '',
    `Previews due ${renderings.due}, running ${renderings.running}, failed ${renderings.failed}`,
    ...failures,
    ...(stuck.length > 0 ? ['', ...table(stuck, stuckColumns)] : []),
  ];
}

const kindColumns: Column<JobsReport['kinds'][number]>[] = [
  { head: 'KIND', text: ({ kind }) => visible(kind) },
  { head: 'DUE', align: 'right', text: ({ due }) => String(due) },
  { head: 'RUNNING', align: 'right', text: ({ running }) => String(running) },
  { head: 'LATER', align: 'right', text: ({ later }) => String(later) },
  { head: 'STUCK', align: 'right', text: ({ stuck }) => String(stuck) },
  { head: 'OLDEST DUE', text: ({ oldestDueAt }) => (oldestDueAt ? formatTime(oldestDueAt) : '-') },
];

const stuckColumns: Column<JobsReport['stuck'][number]>[] = [
  { head: 'STUCK JOB', text: ({ jobId }) => jobId },
  { head: 'KIND', text: ({ kind }) => visible(kind) },
  { head: 'STATE', text: ({ state }) => state },
  { head: 'FAILED', align: 'right', text: ({ attempts }) => `${attempts} times` },
  { head: 'ERROR', text: ({ error }) => visible(error ?? '-') },
  { head: 'SINCE', text: ({ since }) => formatTime(since) },
  { head: 'FILE', text: ({ mediaIds }) => (mediaIds.length > 1 ? `${mediaIds.length} files` : (mediaIds[0] ?? '-')) },
];

const failureColumns: Column<JobsReport['renderings']['failures'][number]>[] = [
  { head: 'NO PREVIEW OF', text: ({ mediaId }) => mediaId },
  { head: 'REASON', text: ({ reason }) => reason },
  { head: 'SINCE', text: ({ since }) => formatTime(since) },
];
