/**
 * A process that runs many servers at once, each with an empty database of its own, for tests that need no process of
 * their own: a server is there in a fraction of a second, where one that begins with `initdb` takes several. One per
 * worker of Jest, which talks to it through hosts.mjs. It runs what was built, as users do.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import pg from 'pg';
import { createApi, listen } from '../../dist/api.js';
import { readConfig } from '../../dist/platform/config/config.js';
import { EmbeddedPostgres } from '../../dist/platform/database/embedded-postgres.js';
import { migrateOnly } from '../../dist/platform/database/migrate-only.js';
import { PinoLogger, openLog } from '../../dist/platform/http/pino-logger.js';
import { schema } from '../../dist/schema.js';

/** A request that the test has forgotten has this long to end when its server is closed. */
const closeGraceMs = 500;
const template = 'aerie_template';

const folder = mkdtempSync(join(tmpdir(), 'aerie-host-'));
/** One for all servers: Nest has one log in a process, that of the last one. */
const logFile = join(folder, 'log');
writeFileSync(logFile, '');
const postgres = await EmbeddedPostgres.start({ dir: join(folder, 'postgres'), onLost: () => process.exit(1) });
const admin = new pg.Client({ connectionString: postgres.url });
await admin.connect();
await makeTemplate();

const servers = new Map();
let opened = 0;

const calls = {
  async open({ env }) {
    const name = `aerie_${++opened}`;
    const databaseUrl = env.DATABASE_URL ?? urlOf(name);
    if (!env.DATABASE_URL) await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    const config = readConfig({ AERIE_LOG_FILE: logFile, ...env, DATABASE_URL: databaseUrl, PORT: '0' });
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    const logStart = statSync(logFile).size;
    const { AERIE_LOG_LEVEL: level, AERIE_LOG_FILE: file } = config.environment;
    const app = await createApi(config, new PinoLogger(openLog(level, file)));
    servers.set(name, app);
    await listen(app, config);
    return { name, port: app.getHttpServer().address().port, databaseUrl, logFile, logStart };
  },

  async close({ name }) {
    const app = servers.get(name);
    servers.delete(name);
    const late = setTimeout(() => app.getHttpServer().closeAllConnections(), closeGraceMs);
    await app.close().finally(() => clearTimeout(late));
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  },

  async cost() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};

process.on('message', async ({ id, call, args }) => {
  const answer = await calls[call](args).then(
    (value) => ({ id, value }),
    (error) => ({ id, error: String(error?.stack ?? error) }),
  );
  if (process.connected) process.send(answer);
});

// The worker of Jest is gone, in whatever way.
process.on('disconnect', async () => {
  try {
    await admin.end();
    await postgres.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  }
});

function urlOf(database) {
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  return url.href;
}

/** Empty and migrated. Nothing in here outlives the run, so nothing waits for the disk. */
async function makeTemplate() {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
    await admin.query(`ALTER SYSTEM SET ${setting} = off`);
  await admin.query('SELECT pg_reload_conf()');
  await admin.query(`CREATE DATABASE ${template}`);
  await migrateOnly({ url: urlOf(template) }, schema);
}
