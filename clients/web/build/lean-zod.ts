import type { Plugin } from 'vite';

/**
 * Of zod, what every schema carries along and the app never does: print itself as JSON Schema, as the server does for its
 * documentation, and make code from text, which the page's policy forbids.
 */
const unused = /\/zod\/v4\/core\/(to-json-schema|json-schema-processors|doc)\.js$/;

/** Leaves that out of the app: six of its kilobytes, compressed. */
export const leanZod = (): Plugin => ({
  name: 'aerie:lean-zod',
  transform(code, id) {
    if (!unused.test(id)) return null;
    const names = [...code.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name!);
    return { code: names.map((name) => `export const ${name} = () => undefined;`).join('\n'), map: null };
  },
});
