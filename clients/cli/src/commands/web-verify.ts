import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { WebRelease } from '@aerie/protocol';
import { body, jsonOption } from '../command.js';
import { CliError, type Failure } from '../failure.js';
import { visible } from '../format.js';
import { shippedWeb } from '../release.js';
import { type Difference, webDifferences } from '../web-differences.js';

export function addVerifyWeb(parent: Command): void {
  parent
    .command('verify-web')
    .description('check that a server gives browsers the web app as it was released')
    .argument('<url>', 'address of the server, as people open it')
    .option('--against <file>', 'release manifest (aerie-web.json) to compare with (default: the one of this release)')
    .option(...jsonOption)
    .action(
      body(async (output, url: string, options: { against?: string }) => {
        const manifest = readManifest(options.against ?? shippedWeb, options.against === undefined);
        const release = await parse(manifest);
        const origin = originOf(url);
        const differences = await webDifferences(origin, release, manifest);
        const hash = createHash('sha256').update(manifest).digest('hex');
        const files = Object.keys(release.files).length;
        output.result({ ok: differences.length === 0, server: origin, release: hash, files, differences }, () =>
          differences.length === 0 ? good(origin, hash, files) : bad(origin, hash, differences),
        );
        if (differences.length > 0) output.failed(failure(origin, differences.length));
      }, 'Nothing was changed; the check is not complete.'),
    );
}

function readManifest(path: string, isShipped: boolean): Buffer {
  if (!isShipped || existsSync(path)) return readFileSync(path);
  throw new CliError('web.no_manifest', 'This copy of the CLI was built without the web app', {
    hint: 'Build all of it (npm run build), or name the published aerie-web.json with --against.',
  });
}

async function parse(manifest: Buffer): Promise<WebRelease> {
  try {
    return WebRelease.parse(JSON.parse(manifest.toString('utf8')));
  } catch {
    throw new CliError('web.bad_manifest', 'That file is not a release manifest of the web app', {
      hint: 'Nothing was compared. Use the aerie-web.json that was published with the release.',
    });
  }
}

function originOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).origin;
  throw new CliError('usage.invalid', 'That is not the address of a server', {
    hint: 'Nothing was done. Write it like https://aerie.example.org.',
  });
}

/** As the app shows a hash, to be compared by eye. */
const grouped = (hash: string): string => hash.match(/.{8}/g)!.join(' ');

const good = (origin: string, hash: string, files: number): string[] => [
  `${origin} serves the web app as released: all ${files} files and their headers.`,
  `Release ${grouped(hash)}`,
];

const bad = (origin: string, hash: string, differences: readonly Difference[]): string[] => [
  `${origin} does NOT serve the web app of release ${grouped(hash)}:`,
  ...differences.flatMap(({ path, what, expected, found }) => [
    `  ${visible(path)}: ${what === 'octets' ? 'content' : visible(what)}`,
    `    released  ${visible(expected)}`,
    `    served    ${visible(found)}`,
  ]),
];

const failure = (origin: string, count: number): Failure => ({
  code: 'web.differs',
  title: `${origin} does not serve the released web app: ${count} differences`,
  hint: 'If the server runs another version, compare with that version’s manifest (--against). If not, do not unlock Aerie there.',
});
