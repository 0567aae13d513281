import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type VariableName, isSecret, variables } from '../src/platform/config/config.schema.js';
import * as limits from '../protocol/src/limits.js';
import { ContainerLayout, type Route, errorTable, recordSchemas, routes } from '../protocol/src/index.js';

/** What the written contract lists, compared with the code, so that neither can move without the other. */
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const spec = read('protocol/SPEC.md');

/** The cells of the table that stands between `<!-- name -->` and `<!-- /name -->`, without its two head rows. */
function table(name: string, page = spec): string[][] {
  const [, block] = new RegExp(`<!-- ${name} -->\n([^]*?)<!-- /${name} -->`).exec(page) ?? [];
  if (block === undefined) throw new Error(`the page has no table "${name}"`);
  const rows = block.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const number = (value: number): string => value.toLocaleString('en-US');
const code = (text: string): string => `\`${text}\``;
const list = (words: readonly string[]): string => (words.length === 0 ? '–' : words.map(code).join(' '));

function accessOf({ access }: Route): string {
  if (access === 'public') return 'public';
  const kinds = access.devices.length === 3 ? 'any device' : access.devices.join(', ');
  return access.owner ? `${kinds} of an owner` : kinds;
}
const kindOf = (body: Route['body'] | 'nothing'): string =>
  body === undefined || body === 'nothing' ? '–' : body === 'octets' ? 'octets' : 'JSON';

const routeRow = ([name, row]: [string, Route]): string[] => [
  code(name),
  code(`${row.method} ${row.path.replace('/api/v1', '')}`),
  accessOf(row),
  `${kindOf(row.body)} → ${kindOf(row.reply)}`,
  String(row.status),
  list(row.errors),
];

describe('The specification of the protocol', () => {
  it('lists every route with its access, bodies, status and error codes', () => {
    expect(table('routes')).toEqual(Object.entries(routes).map((entry) => routeRow(entry as [string, Route])));
  });

  it('names the routes that honor an Idempotency-Key', () => {
    const honored = Object.entries(routes as Record<string, Route>)
      .filter(([, row]) => row.idempotent)
      .map(([name]) => code(name));
    expect(spec).toContain(`An \`Idempotency-Key\` is honored by ${honored.join(' and ')}`);
  });

  it('lists every error code with its status and title', () => {
    const rows = Object.entries(errorTable).map(([name, { status, title }]) => [code(name), String(status), title]);
    expect(table('errors')).toEqual(rows);
  });

  it('lists every limit with its value', () => {
    const constants = Object.entries(limits).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    expect(table('limits').map((row) => row.slice(0, 2))).toEqual(
      constants.map(([name, value]) => [code(name), number(value)]),
    );
  });

  it('lists every kind of record with its context and members', () => {
    const rows = Object.entries(recordSchemas).map(([type, schema]) => [
      code(`${type}.v1`),
      list(Object.keys((schema as z.ZodObject).shape).filter((name) => name !== 'v' && name !== 'type')),
    ]);
    expect(table('record-members')).toEqual(rows);
  });

  it('gives lengths that the code computes', () => {
    const rows = table('lengths');
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      const layout = ContainerLayout.of(Number(row[0]!.replaceAll(',', '')));
      const { innerBytes, chunkCount, object, segmentCount, partCount } = layout;
      const values = [innerBytes, chunkCount, object.startBytes, layout.objectBytes, segmentCount, partCount];
      expect(row.slice(1)).toEqual(values.map(number));
    }
  });

  it('gives ranges that the code computes', () => {
    const rows = table('ranges');
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      const [plainBytes, start, end] = row.slice(0, 3).map((cell) => Number(cell.replaceAll(',', ''))) as [
        number,
        number,
        number,
      ];
      const layout = ContainerLayout.of(plainBytes);
      const { firstChunk, lastChunk, objectStart, objectEnd } = layout.objectRangeOf(start, end);
      const values = [
        layout.innerOffsetOf(start),
        layout.innerOffsetOf(end - 1),
        firstChunk,
        lastChunk,
        objectStart,
        objectEnd,
      ];
      expect(row.slice(3)).toEqual(values.map(number));
    }
  });
});

describe('The page for operators', () => {
  it('lists every variable with its default and meaning', () => {
    const rows = (Object.keys(variables) as VariableName[]).map((name) => {
      const standard: unknown = variables[name].schema.parse(undefined);
      return [
        code(name) + (isSecret(name) ? ' ●' : ''),
        standard === undefined ? '–' : code(String(standard)),
        variables[name].meaning,
      ];
    });
    expect(table('environment', read('docs/operations.md'))).toEqual(rows);
  });
});

const pages = [
  'protocol/SPEC.md',
  'docs/threat-model.md',
  'docs/design.md',
  'docs/operations.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'src/README.md',
  'clients/README.md',
];

/** Relative links of a page: text and the file they point at. */
const linksOf = (page: string): { text: string; path: string }[] =>
  [...read(page).matchAll(/\[([^\]]+)\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, text, path]) => ({
    text: text!,
    path: resolve(root, dirname(page), path!),
  }));

describe('The written pages', () => {
  it.each(pages)('link to files that exist: %s', (page) => {
    expect(linksOf(page).filter(({ path }) => !existsSync(path))).toEqual([]);
  });

  it('name, for what the threat model says cannot be done, tests by words that the tests contain', () => {
    const proofs = linksOf('docs/threat-model.md').filter(({ path }) => /spec\.ts$/.test(path));
    expect(proofs.length).toBeGreaterThan(20);
    expect(proofs.filter(({ text, path }) => !readFileSync(path, 'utf8').includes(text))).toEqual([]);
  });

  it('claim nothing of that kind without a test', () => {
    const [, cannot = ''] = /\n## 4\. [^\n]*\n([^]*?)\n## 5\. /.exec(read('docs/threat-model.md')) ?? [];
    const claims = cannot.split('\n').filter((line) => line.startsWith('- cannot '));
    expect(claims.length).toBeGreaterThan(15);
    expect(claims.filter((line) => !/\]\([^)]*spec\.ts\)/.test(line))).toEqual([]);
  });
});
