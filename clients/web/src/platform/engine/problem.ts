/** An error as the page gets it from the engine: a code, what happened, and what to do. Nothing of a stack crosses. */
import { explain, type Explanation } from '@aerie/sdk';
import { transferHandlers } from 'comlink';
import { Problem } from './problem-shape.js';

interface Thrown {
  readonly value: unknown;
}

/** In the engine: what is thrown there is explained before it crosses. */
export function carryProblems(): void {
  const handler = transferHandlers.get('throw')!;
  transferHandlers.set('throw', {
    canHandle: handler.canHandle,
    serialize: ({ value }: Thrown) => [value instanceof Problem ? { ...value.explanation } : explain(value), []],
    deserialize: (explanation: Explanation) => {
      throw new Problem(explanation);
    },
  });
}
