/**
 * Loaded with `node --import` into a server, worker or client of a test: ends its process with SIGKILL at a named step.
 *
 *   AERIE_KILL_FILE    holds `<step> <n>`, die at the nth time from now; it is removed at that moment, so that the next
 *                      process lives on. Read at every step, so it can be written while the process runs
 *   AERIE_FAILPOINT_FILE    every step is appended to it, one a line, with what it was about
 *
 * Server and worker announce their steps on the channel `aerie:failpoint`. The steps of a client need no help from it: they
 * are what Node says of its requests, and what it does to its journal.
 */
import { channel } from 'node:diagnostics_channel';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import files from 'node:fs/promises';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const { AERIE_KILL_FILE: killFile, AERIE_FAILPOINT_FILE: stepFile } = process.env;
let [order, seen] = ['', 0];

function reached(step, about = '') {
  if (stepFile) appendFileSync(stepFile, `${step} ${about}\n`);
  const found = killOrder();
  if (found !== order) [order, seen] = [found, 0];
  const [wanted, nth] = order.split(' ');
  if (wanted !== step || ++seen < Number(nth)) return;
  rmSync(killFile, { force: true });
  process.kill(process.pid, 'SIGKILL');
}

function killOrder() {
  try {
    return killFile ? readFileSync(killFile, 'utf8').trim() : '';
  } catch {
    return '';
  }
}

channel('aerie:failpoint').subscribe((step) => reached(step));

const lookup = /^POST \S+\/media\/lookup$/;
const create = /^PUT \S+\/uploads\/[^/]+$/;
const part = /^PUT \S+\/parts\/\d+$/;
const commit = /^POST \S+\/(?:commit|bundles)$/;

function requested({ method, path }, steps) {
  for (const [step, pattern] of Object.entries(steps))
    if (pattern.test(`${method} ${path}`)) reached(`client.${step}`, path);
}

// Node's own channel for it tells of a request once its body has been handed over whole.
const send = http.request;
http.request = (...args) => {
  const request = send(...args);
  requested(request, { hashed: lookup, 'part-begun': part });
  request.once('finish', () => requested(request, { 'part-sent': part, 'commit-sent': commit }));
  return request;
};
channel('http.client.response.finish').subscribe(({ request, response }) => {
  requested(request, { created: create, 'part-acknowledged': part });
  response.once('end', () => requested(request, { 'receipt-received': commit }));
});

const isEntry = (path) => typeof path === 'string' && path.includes('/journal/upload-');
for (const [name, step] of Object.entries({ rename: 'written', rm: 'removed' })) {
  const original = files[name];
  files[name] = async (...args) => {
    const result = await original(...args);
    if (args.some(isEntry)) reached(`client.journal-${step}`);
    return result;
  };
}
// What is appended counts once it is on the disk.
const { open } = files;
files.open = async (...args) => {
  const handle = await open(...args);
  if (!isEntry(args[0]) || args[1] !== 'a') return handle;
  const sync = handle.sync.bind(handle);
  handle.sync = async () => {
    await sync();
    reached('client.journal-written');
  };
  return handle;
};
syncBuiltinESMExports();
