import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = process.cwd();

/** A forbidden import, the file it is planted in, and the rule that must object. */
const planted: [rule: string, file: string, line: string][] = [
  ['server-never-holds-keys', 'src/content/media/media.service.ts', "import 'openpgp';"],
  [
    'server-never-holds-keys',
    'src/content/media/range.ts',
    "import type { Keyring } from '@aerie/sdk'; export type K = Keyring;",
  ],
  ['clients-never-touch-the-server', 'clients/cli/src/main.ts', "import '../../../src/content/media/range.js';"],
  ['protocol-depends-on-nobody', 'protocol/src/limits.ts', "import 'exifr';"],
  ['protocol-has-one-door-to-openpgp', 'protocol/src/limits.ts', "import 'openpgp';"],
  ['clients-have-one-door-to-openpgp', 'clients/sdk/src/aerie.ts', "import 'openpgp';"],
  ['crypto-knows-no-network', 'clients/sdk/src/crypto/seal.ts', "import '../api/http.js';"],
  ['sdk-runs-in-browsers', 'clients/sdk/src/uploads/ingest.ts', "import 'node:fs';"],
  ['sharp-stays-with-the-clients', 'clients/cli/src/main.ts', "import 'sharp';"],
  [
    'adapters-are-chosen-by-modules',
    'src/content/media/blobs.service.ts',
    "import '../../platform/storage/object-store.s3.js';",
  ],
  [
    'controllers-only-call-services',
    'src/content/media/media.controller.ts',
    "import '../../platform/storage/object-store.port.js';",
  ],
  ['services-know-no-http', 'src/content/media/media.service.ts', "import 'fastify';"],
  ['entities-are-private', 'src/content/uploads/uploads.service.ts', "import '../media/blob.entity.js';"],
  ['minio-only-in-its-adapter', 'src/content/uploads/uploads.service.ts', "import 'minio';"],
  ['bullmq-only-in-its-adapter', 'src/content/uploads/uploads.service.ts', "await import('bullmq');"],
  ['no-cycles', 'src/content/media/media.service.ts', "import './blobs.service.js';"],
  ['no-barrels', 'src/content/media/index.ts', "export * from './range.js';"],
  ['no-tests-in-production', 'src/content/media/range.ts', "import '../../platform/config/config.spec.js';"],
  ['no-undeclared-dependency', 'src/content/media/range.ts', "import 'commander';"],
  ['web-knows-only-the-sdk', 'clients/web/src/shell/registry.ts', "import '@aerie/protocol';"],
  ['web-keeps-keys-in-the-engine', 'clients/web/src/shell/registry.ts', "import '@aerie/sdk';"],
  ['web-platform-knows-no-shell', 'clients/web/src/platform/pace/pace.ts', "import '../../shell/registry.js';"],
  [
    'web-platform-knows-no-shell',
    'clients/web/src/platform/engine/pull.ts',
    "import '../../features/trust/trust-texts.js';",
  ],
  ['web-shell-names-no-feature', 'clients/web/src/shell/registry.ts', "import '../features.js';"],
  ['web-shell-names-no-feature', 'clients/web/src/main.ts', "import './features/access/access-texts.js';"],
  ['web-features-are-apart', 'clients/web/src/features/checks/report.ts', "import '../uploads/report.js';"],
  ['web-features-are-apart', 'clients/web/src/features/timeline/cell.ts', "import '../viewer/pan-zoom.js';"],
  [
    'web-features-are-apart',
    'clients/web/src/features/checks/CheckPage.svelte',
    '<script module lang="ts">import \'../uploads/report.js\';</script>',
  ],
  [
    'engine-knows-no-page',
    'clients/web/src/features/exports/exports.engine.ts',
    "import '../../platform/i18n/format.js';",
  ],
  ['service-worker-has-no-keys', 'clients/web/src/platform/sw/pinned.ts', "import '../engine/client.js';"],
  ['no-upward-from-platform', 'src/platform/config/config.ts', "import '../../trust/identity/same-secret.js';"],
  ['no-upward-from-trust', 'src/trust/keys/keys.service.ts', "import '../../content/media/range.js';"],
  ['no-upward-from-content', 'src/content/media/range.ts', "import '../../ops/web/web-build.js';"],
  ['no-upward-from-lifecycle', 'src/lifecycle/reclaim/reclaim.module.ts', "import '../../ops/web/web-build.js';"],
  ['every-feature-has-a-wing', 'src/guests/guest.ts', "import '../platform/config/config.js';"],
  ['wings-know-no-entry', 'src/ops/web/web-build.ts', "import '../../schema.js';"],
  ['no-upward-from-admin', 'src/ops/admin/warnings.service.ts', "import '../web/web-build.js';"],
  ['no-upward-from-media', 'src/content/media/media.service.ts', "import '../uploads/intake.js';"],
  ['no-upward-from-objects', 'src/content/objects/objects.service.ts', "import '../media/range.js';"],
  [
    'no-upward-from-compaction',
    'src/lifecycle/compaction/compaction.module.ts',
    "import '../reclaim/reclaim.module.js';",
  ],
];

interface Violation {
  rule: { name: string };
  from: string;
  cycle?: { name: string }[];
}

describe('The arrows between the parts', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'aerie-boundaries-'));
    const plain = {
      recursive: true,
      filter: (path: string) => !/\/(node_modules|dist|vectors)(\/|$)/.test(path.slice(root.length)),
    };
    for (const part of [
      'src',
      'protocol',
      'clients',
      'package.json',
      'tsconfig.json',
      'tsconfig.base.json',
      '.dependency-cruiser.js',
    ]) {
      cpSync(join(root, part), join(copy, part), plain);
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  /** The rules that object, with the files each objects to: one, or all of a cycle. */
  async function violations(): Promise<{ rule: string; files: string[] }[]> {
    const clients = ['sdk', 'cli', 'renderer', 'web'].map((name) => `clients/${name}/src`);
    const args = [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.js',
      '--output-type',
      'json',
      'src',
      'protocol/src',
      ...clients,
    ];
    const { stdout } = await run(process.execPath, args, { cwd: copy, maxBuffer: 256 * 1024 * 1024 }).catch(
      (error: { stdout: string }) => error,
    );
    const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } };
    return summary.violations.map(({ rule, from, cycle = [] }) => ({
      rule: rule.name,
      files: [from, ...cycle.map(({ name }) => name)],
    }));
  }

  it('are all allowed as they stand', async () => {
    expect(await violations()).toEqual([]);
  });

  it('are refused, each by its rule, where a forbidden import is planted', async () => {
    for (const file of new Set(planted.map(([, file]) => file))) {
      const path = join(copy, file);
      const lines = planted.filter((one) => one[1] === file).map(([, , line]) => line);
      mkdirSync(dirname(path), { recursive: true });
      const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
      writeFileSync(path, `${lines.join('\n')}\n${before}`);
    }
    const found = await violations();
    const missed = planted.filter(
      ([rule, file]) => !found.some((one) => one.rule === rule && one.files.includes(file)),
    );
    expect(missed).toEqual([]);
  });
});
