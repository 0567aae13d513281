import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { errorTable } from '@aerie/protocol';
import ts from 'typescript';
import { clientHints } from '../../../../sdk/src/errors.js';
import { englishProblems } from './problems.en.js';

const sources = resolve(fileURLToPath(import.meta.url), '../../..');

/** Words of the protocol and the code, and riddles: not for people who fly, look and keep records. */
const refused: readonly RegExp[] = [
  /\b(octets?|blobs?|epochs?|manifests?|merkle|ciphertexts?|plaintexts?|envelopes?|keyrings?|roster|seipd|aead)\b/i,
  /\b(seal|seals|sealed|sealing|unsealed|sealer)\b/i,
  /\b(media|medium|mediums|commit(s|ted)?|acknowledged?|sightings?|idempotency|orphans?|digests?)\b/i,
  /\b(whoever|nobody|anybody|somebody|anew|hearsay)\b|\bgo on\b|\bgoes on\b|\bunder way\b|\ball sound\b/i,
  // Claims about a file that may only not have been looked for.
  /\b(not stated|(states|stated) no\b|does not state)\b|nicht angegeben|gibt keine .* an\b/i,
  /oktett|\bblobs?\b|epoche|manifest|versiegel|klartext|chiffrat|\bmedi(um|ums|en)\b|wurzelschlüssel|umschlag/i,
];
const offending = (text: string): boolean => refused.some((words) => words.test(text));

/** The wording in a source: every string in a call of `texts`, and in a catalog every string but codes and names. */
function wordingIn(path: string): string[] {
  const source = readFileSync(path, 'utf8');
  const code = path.endsWith('.svelte')
    ? [...source.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, c]) => c).join('\n')
    : source;
  const isCatalog = /(-texts|problems(-server)?(\.\w\w)?)\.ts$/.test(path);
  const found: string[] = [];
  const visit = (node: ts.Node, isWording: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (
      isWording &&
      (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
    )
      found.push(node.text);
    const within = isWording || (ts.isCallExpression(node) && node.expression.getText() === 'texts');
    ts.forEachChild(node, (child) => {
      if (!ts.isPropertyAssignment(node) || child !== node.name) visit(child, within);
    });
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true), isCatalog);
  return found.filter((text) => /\p{L}{2}/u.test(text));
}

const files = readdirSync(sources, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

describe('The words on the screens', () => {
  it('are those of the people who use it, in both languages', () => {
    const all = files.flatMap((path) => wordingIn(path).map((text) => ({ path: relative(sources, path), text })));
    expect(all.length).toBeGreaterThan(1200);
    expect(all.filter(({ text }) => offending(text))).toEqual([]);
  });

  it('are those for problems, too, where the words of the server or the SDK stand', () => {
    const shown = Object.entries({
      ...Object.fromEntries(
        Object.entries(errorTable).map(([code, { title, hint }]) => [code, { message: title, hint }]),
      ),
      // What the SDK says happened is made where it happens; only its hints are in a table.
      ...Object.fromEntries(Object.entries(clientHints).map(([code, hint]) => [code, { message: '', hint }])),
    }).map(([code, words]) => ({ code, ...words, ...englishProblems[code] }));
    expect(shown.filter(({ message, hint }) => offending(message) || offending(hint))).toEqual([]);
    const unworded = Object.keys(clientHints).filter((code) => !englishProblems[code]?.message);
    expect(unworded.filter((code) => /^(trust|crypto|container|record|network)\./.test(code))).toEqual([]);
  });

  it.each([
    'All 43 media verified',
    '90.9 MB sealed',
    'Every octet was checked',
    'Kein Medium passt dazu',
    'Jedes Oktett',
  ])('are refused in %j', (text) => expect(offending(text)).toBe(true));
});
