/**
 * The engine: a dedicated worker, and the one room of the web app where keys and the SDK live. Each feature brings what
 * it needs done in here as `<feature>.engine.ts`; the page calls it through `engine` (connect.ts) and sees results only.
 */
import { expose } from 'comlink';
import { Client } from './client.js';
import { carryProblems } from './problem.js';

const client = new Client();
/** By path: those that are in the folder of a feature when this is built. */
const makers = import.meta.glob<(client: Client) => object>('../../features/*/*.engine.ts', {
  eager: true,
  import: 'default',
});
const nameOf = (path: string): string => path.split('/').at(-2)!;

carryProblems();
expose(Object.fromEntries(Object.entries(makers).map(([path, make]) => [nameOf(path), make(client)])));
