import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse, type AST } from 'svelte/compiler';
import ts from 'typescript';

const sources = resolve(fileURLToPath(import.meta.url), '../../..');
/** The name of the app is the same in every language. */
const named = /^[·…\s]*Aerie$/;
const isWording = (text: string): boolean => /\p{L}{2}/u.test(text) && !named.test(text.trim());
/** What a person sees or hears; other attributes are for the browser. */
const spoken = new Set(['alt', 'aria-description', 'aria-label', 'aria-roledescription', 'placeholder', 'title']);
/** In the properties of our own components. */
const spokenProperties = new Set(['label', 'hint', 'fault', 'title', 'another']);
/** The same in English and German, on purpose. */
const sameInBoth: readonly string[] = [];

interface Node {
  readonly type: string;
  readonly [name: string]: unknown;
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
const childrenOf = (node: Node): Node[] =>
  Object.entries(node)
    .filter(([name]) => name !== 'metadata' && name !== 'parent')
    .flatMap(([, value]) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter(isNode);

/** Words in an expression that end up on the page as they stand: not those that only choose a text by its name. */
function wordsOf(expression: Node): string[] {
  if (expression.type === 'Literal') return typeof expression.value === 'string' ? [expression.value] : [];
  if (expression.type === 'TemplateElement') return [(expression.value as { cooked: string }).cooked];
  if (expression.type === 'MemberExpression') return wordsOf(expression.object as Node);
  if (expression.type === 'CallExpression' || expression.type === 'BinaryExpression') {
    // A comparison and the values of a call are not shown; what is joined with + is.
    if (expression.type === 'CallExpression' || expression.operator !== '+') return [];
  }
  if (expression.type === 'ConditionalExpression')
    return [expression.consequent as Node, expression.alternate as Node].flatMap(wordsOf);
  return childrenOf(expression).flatMap(wordsOf);
}

/** Words in the markup of a component that stand there in one language. */
function strayWords(node: Node): string[] {
  if (node.type === 'Text') return [node.data as string].filter(isWording);
  if (node.type === 'ExpressionTag') return wordsOf(node.expression as Node).filter(isWording);
  // Looks; and commands and keys, which are what they are in every language.
  if (node.type === 'StyleDirective' || ['code', 'kbd'].includes(node.name as string)) return [];
  if (node.type === 'Attribute') {
    const isSpoken = spoken.has(node.name as string) || spokenProperties.has(node.name as string);
    return isSpoken ? childrenOf(node).flatMap(strayWords) : [];
  }
  return childrenOf(node).flatMap(strayWords);
}

interface Wording {
  readonly en: Map<string, string | null>;
  readonly de: Map<string, string | null>;
}

/** Every `texts({ en, de })` of a source: names, and the texts that are made of no values. */
function textsIn(code: string): Wording[] {
  const found: Wording[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'texts') {
      const [all] = node.arguments;
      if (all && ts.isObjectLiteralExpression(all)) found.push({ en: entriesOf(all, 'en'), de: entriesOf(all, 'de') });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', code, ts.ScriptTarget.ES2022));
  return found;
}

function entriesOf(all: ts.ObjectLiteralExpression, tag: string): Map<string, string | null> {
  const nameOf = ({ name }: ts.ObjectLiteralElementLike) =>
    name && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? name.text : '?';
  const language = all.properties.find((property) => nameOf(property) === tag);
  if (!language || !ts.isPropertyAssignment(language) || !ts.isObjectLiteralExpression(language.initializer))
    throw new Error(`texts() without an object for ${tag}`);
  const textOf = (property: ts.ObjectLiteralElementLike) =>
    ts.isPropertyAssignment(property) && ts.isStringLiteralLike(property.initializer)
      ? property.initializer.text
      : null;
  return new Map(language.initializer.properties.map((property) => [nameOf(property), textOf(property)]));
}

const files = readdirSync(sources, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(svelte|ts)$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));
const components = files.filter((path) => path.endsWith('.svelte'));
const codeOf = (path: string): string => {
  const source = readFileSync(path, 'utf8');
  if (!path.endsWith('.svelte')) return source;
  const { instance, module } = parse(source, { modern: true });
  return [module, instance]
    .map((script) => script?.content as (AST.Script['content'] & { start: number; end: number }) | undefined)
    .map((program) => (program ? source.slice(program.start, program.end) : ''))
    .join('\n');
};
const strayIn = (source: string): string[] => strayWords(parse(source, { modern: true }).fragment as unknown as Node);

describe('The texts of the web app', () => {
  it('are where both languages stand beside each other, and nowhere in markup', () => {
    expect(components.length).toBeGreaterThan(60);
    const stray = components.flatMap((path) =>
      strayIn(readFileSync(path, 'utf8')).map((words) => `${relative(sources, path)}: ${words.trim()}`),
    );
    expect(stray).toEqual([]);
  });

  it.each([
    ['<p>Hello</p>', ['Hello']],
    ['<p>{open ? "Close" : t.open}</p>', ['Close']],
    ['<p>{`${count} files`}</p>', [' files']],
    ['<img alt="A bridge" class="large">', ['A bridge']],
    ['{#if a}<Field label="Name" hint={t.hint} />{:else}<b title={"over " + there}></b>{/if}', ['Name', 'over ']],
    ['<p style:width="{a}px"><code>aerie join</code></p>', []],
    ['<p class="quiet">{t[`${kind}Means`]} · Aerie {format(at, "short")} {a === "none" ? t.a : t.b}</p>', []],
  ])('are missed in %s', (source, words) => {
    expect(strayIn(source)).toEqual(words);
  });

  it('have the same names in both languages, and each is translated', () => {
    const all = files.flatMap((path) => textsIn(codeOf(path)).map((wording) => ({ path, ...wording })));
    expect(all.length).toBeGreaterThan(20);
    for (const { path, en, de } of all) expect([path, [...de.keys()]]).toEqual([path, [...en.keys()]]);
    const same = all.flatMap(({ en, de }) =>
      [...en].filter(([name, text]) => text && text.length > 12 && de.get(name) === text).map(([, text]) => text),
    );
    expect(same).toEqual(sameInBoth);
  });
});
