import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = process.cwd();

/**
 * The web app, and the parts of this repository it is made of, copied to a folder of their own; packages are linked.
 * @returns the folder of the web app in it
 */
export function copyWebSources(folder: string): string {
  const own = ['protocol', 'clients/sdk', 'clients/web'];
  const filter = (path: string): boolean => !/\/(node_modules|clients\/web\/dist)$/.test(path);
  for (const part of own) cpSync(join(root, part), join(folder, part), { recursive: true, filter });
  cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  mkdirSync(join(folder, 'node_modules/@aerie'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@aerie') symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  for (const part of ['protocol', 'clients/sdk'])
    symlinkSync(join(folder, part), join(folder, 'node_modules/@aerie', part.split('/').at(-1)!));
  symlinkSync(join(root, 'clients/web/node_modules'), join(folder, 'clients/web/node_modules'));
  return join(folder, 'clients/web');
}
