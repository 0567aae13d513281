import { isMeasured, measure } from '../measures/measures.js';
import type { ObjectStore } from './object-store.port.js';

/** The same store, of which each operation tells how long it took. What streams is measured to its beginning. */
export function measuredStore(store: ObjectStore): ObjectStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const operation = member as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        const startedAt = performance.now();
        const answer = operation.apply(target, given);
        if (!(answer instanceof Promise) || !isMeasured('store')) return answer;
        const tell = (isGood: boolean): void =>
          measure('store', { operation: String(name), seconds: (performance.now() - startedAt) / 1000, isGood });
        answer.then(
          () => tell(true),
          () => tell(false),
        );
        return answer;
      };
    },
  });
}
