/** The page's end of the engine. Locking ends the worker: its memory, and every key in it, is gone. */
import { transferHandlers, wrap, type Remote } from 'comlink';
import type { Explanation } from '@aerie/sdk';
import engineUrl from './engine.worker.ts?worker&url';
import { ownScript } from './own-scripts.js';
import type { Engines } from './engines.js';
import { Problem, problemOf } from './problem-shape.js';

transferHandlers.set('throw', {
  canHandle: transferHandlers.get('throw')!.canHandle,
  // What the engine asks of the page (a frame of a video) may fail, too.
  serialize: ({ value }: { readonly value: unknown }) => [problemOf(value), []],
  deserialize: (explanation: Explanation) => {
    throw new Problem(explanation);
  },
});

/** Each feature of the engine, with every answer a promise. */
export type RemoteEngine = { readonly [Feature in keyof Engines]: Remote<Engines[Feature]> };

let worker: Worker | undefined;
let remote: RemoteEngine | undefined;

/** Starts the engine with the first call. */
export function engine(): RemoteEngine {
  if (!remote) {
    worker = new Worker(ownScript(engineUrl), { type: 'module', name: 'engine' });
    remote = wrap<Engines>(worker) as unknown as RemoteEngine;
  }
  return remote;
}

/** Ends the engine; calls under way never answer, so the page must be rebuilt from the locked state. */
export function endEngine(): void {
  worker?.terminate();
  worker = undefined;
  remote = undefined;
}
