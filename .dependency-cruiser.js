// Every arrow we allow, written down. test/boundaries.spec.ts plants each forbidden import and sees it refused.
const SERVER = '^src/',
  CLIENTS = '^clients/',
  PROTOCOL = '^protocol/',
  WEB = '^clients/web/src/',
  TESTS = '(^test/|\\.spec\\.ts$)';
// The features of the web app that other features may use; features.ts says why.
const WEB_CORE = ['access', 'projects', 'timeline'];
// The wings of the server, and the features of each. A wing may use those above it; a feature those to its left.
const WINGS = {
  platform: [
    'failpoints',
    'measures',
    'config',
    'http',
    'database',
    'storage',
    'refusals',
    'jobs',
    'health',
    'idempotency',
  ],
  trust: ['audit', 'membership', 'identity', 'keys'],
  content: ['projects', 'objects', 'media', 'uploads', 'renditions', 'aliases'],
  lifecycle: ['compaction', 'reclaim'],
  ops: ['admin', 'metrics', 'web'],
};
const wings = Object.keys(WINGS);
const wingArrows = wings.slice(0, -1).map((wing, rank) => ({
  name: `no-upward-from-${wing}`,
  severity: 'error',
  comment: 'A wing may only use wings above it in WINGS.',
  from: { path: `^src/${wing}/` },
  to: { path: `^src/(${wings.slice(rank + 1).join('|')})/` },
}));
const featureArrows = Object.entries(WINGS).flatMap(([wing, features]) =>
  features.slice(0, -1).map((feature, rank) => ({
    name: `no-upward-from-${feature}`,
    severity: 'error',
    comment: 'A feature may only use features to its left in its wing.',
    from: { path: `^src/${wing}/${feature}/` },
    to: { path: `^src/${wing}/(${features.slice(rank + 1).join('|')})/` },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'server-never-holds-keys',
      severity: 'error',
      comment: 'The server has no OpenPGP implementation of its own; it verifies through protocol/.',
      from: { path: SERVER },
      to: { path: '((^|/)clients/(sdk|cli|renderer)/|node_modules/(openpgp|@openpgp/|@aerie/(sdk|cli|renderer)))' },
    },
    {
      name: 'clients-never-touch-the-server',
      severity: 'error',
      from: { path: CLIENTS },
      to: { path: '(^src/|node_modules/@nestjs/)' },
    },
    {
      name: 'protocol-depends-on-nobody',
      severity: 'error',
      from: { path: PROTOCOL, pathNot: TESTS },
      to: { path: '^(src|clients|test)/|node_modules/(?!zod/|openpgp/)' },
    },
    {
      name: 'protocol-has-one-door-to-openpgp',
      severity: 'error',
      comment: 'Public keys and verification only.',
      from: { path: PROTOCOL, pathNot: `^protocol/src/records/verify\\.ts$|^protocol/vectors/|${TESTS}` },
      to: { path: 'node_modules/openpgp/' },
    },
    {
      name: 'clients-have-one-door-to-openpgp',
      severity: 'error',
      from: { path: CLIENTS, pathNot: `^clients/sdk/src/crypto/openpgp\\.ts$|${TESTS}` },
      to: { path: 'node_modules/openpgp/' },
    },
    {
      name: 'crypto-knows-no-network',
      severity: 'error',
      from: { path: '^clients/sdk/src/crypto/' },
      to: { path: '^clients/sdk/src/api/' },
    },
    {
      name: 'sdk-runs-in-browsers',
      severity: 'error',
      comment: 'Node modules only below clients/sdk/src/platform/node/, and where the protocol computes on Node.',
      from: {
        path: '^(clients/sdk/src|protocol/src)/',
        pathNot: `^clients/sdk/src/platform/node/|^protocol/src/primitives/node\\.ts$|${TESTS}`,
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'sharp-stays-with-the-clients',
      comment: 'As does Argon2: both bring binaries of their own.',
      severity: 'error',
      from: { pathNot: `^clients/sdk/src/platform/node/|${TESTS}` },
      to: { path: 'node_modules/(sharp|@node-rs)/' },
    },
    {
      name: 'web-knows-only-the-sdk',
      severity: 'error',
      from: { path: '^clients/web/src/', pathNot: TESTS },
      to: { path: '(^|/)(protocol|clients/(cli|renderer))/|node_modules/(openpgp|@aerie/(?!sdk))' },
    },
    {
      name: 'web-keeps-keys-in-the-engine',
      severity: 'error',
      comment:
        'The page has no SDK, only its types; it asks the engine. A frame of a video needs an element of the page, and the estimate of a passphrase and the names of system files import nothing.',
      from: { path: '^clients/web/src/', pathNot: `^clients/web/src/platform/engine/|\\.engine\\.ts$|${TESTS}` },
      to: {
        path: '(^|/)clients/sdk/|node_modules/@aerie/sdk',
        pathNot: '(browser/video-frame|crypto/passphrase-strength|uploads/system-files)\\.',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'engine-knows-no-page',
      severity: 'error',
      comment: 'The engine runs in a worker, where there is no Svelte: it would end at the first rune.',
      from: { path: `${WEB}(platform/engine/engine\\.worker|features/.*\\.engine)\\.ts$` },
      to: { path: '\\.svelte(\\.ts)?$', reachable: true },
    },
    {
      name: 'service-worker-has-no-keys',
      severity: 'error',
      from: { path: '^clients/web/src/platform/sw/' },
      to: { path: '(^|/)clients/(sdk|web/src/platform/engine)/|\\.engine\\.ts$|node_modules/(?!@types/)' },
    },
    {
      name: 'web-platform-knows-no-shell',
      severity: 'error',
      comment: 'What every page stands on; it names no page.',
      from: { path: `${WEB}platform/`, pathNot: TESTS },
      to: { path: `${WEB}(shell/|features/|[^/]+$)` },
    },
    {
      name: 'web-shell-names-no-feature',
      severity: 'error',
      comment: 'Features register themselves; only features.ts lists them, and only main.ts reads the list.',
      from: { path: `${WEB}(shell|features)/`, pathNot: TESTS },
      to: { path: `${WEB}(features|main)\\.ts$` },
    },
    {
      name: 'web-shell-names-no-feature',
      severity: 'error',
      from: { path: `${WEB}(shell/|main\\.ts$)`, pathNot: TESTS },
      to: { path: `${WEB}features/` },
    },
    {
      name: 'web-features-are-apart',
      severity: 'error',
      comment: 'So that each can be deleted. What one does for another goes through an offer in shell/registry.ts.',
      from: { path: `${WEB}features/([^/]+)/` },
      to: { path: `${WEB}features/`, pathNot: `${WEB}features/($1|${WEB_CORE.join('|')})/` },
    },
    {
      name: 'adapters-are-chosen-by-modules',
      severity: 'error',
      comment: 'Depend on *.port.ts; only *.module.ts and contract tests name an adapter.',
      from: { path: SERVER, pathNot: `\\.module\\.ts$|${TESTS}` },
      to: { path: '^src/.*/[a-z-]+\\.(filesystem|s3|bullmq)\\.ts$' },
    },
    {
      name: 'controllers-only-call-services',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '^src/.*\\.(port|entity|controller)\\.ts$' },
    },
    {
      name: 'services-know-no-http',
      severity: 'error',
      from: { path: '\\.service\\.ts$' },
      to: { path: '(\\.controller\\.ts$|node_modules/(fastify|@nestjs/platform-fastify)/)' },
    },
    {
      name: 'entities-are-private',
      severity: 'error',
      comment: 'Refer to another feature by id and ask its service; a type may travel.',
      from: { path: '^src/[^/]+/([^/]+)/' },
      to: { path: '^src/[^/]+/.*\\.entity\\.ts$', pathNot: '^src/[^/]+/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'minio-only-in-its-adapter',
      severity: 'error',
      from: { path: SERVER, pathNot: 'object-store\\.s3\\.ts$' },
      to: { path: 'node_modules/(minio|@aws-sdk)/' },
    },
    {
      name: 'bullmq-only-in-its-adapter',
      severity: 'error',
      comment: 'Redis itself also counts requests.',
      from: { path: SERVER, pathNot: `job-queue\\.bullmq\\.ts$|http/rate-limits\\.ts$|${TESTS}` },
      to: { path: 'node_modules/(bullmq|ioredis)/' },
    },
    { name: 'no-cycles', severity: 'error', from: { pathNot: TESTS }, to: { circular: true } },
    {
      name: 'no-barrels',
      severity: 'error',
      comment: 'index.ts exists only at a package root and its /node and /browser entries.',
      from: { path: '/index\\.ts$', pathNot: '^(protocol|clients/[^/]+)/src/(platform/(node|browser)/)?index\\.ts$' },
      to: {},
    },
    {
      name: 'no-tests-in-production',
      severity: 'error',
      from: { path: '^(src|protocol/src|clients/[^/]+/src)/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'no-undeclared-dependency',
      severity: 'error',
      from: { path: '^(src|protocol|clients)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    ...wingArrows,
    ...featureArrows,
    {
      name: 'every-feature-has-a-wing',
      severity: 'error',
      from: {
        path: SERVER,
        pathNot: `^src/([^/]+\\.ts$|(${Object.entries(WINGS)
          .map(([wing, features]) => `${wing}/(${features.join('|')})`)
          .join('|')})/)`,
      },
      to: {},
    },
    {
      name: 'wings-know-no-entry',
      severity: 'error',
      comment: 'main, app.module and schema put the features together; no feature imports them.',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: '(node_modules|/dist/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
