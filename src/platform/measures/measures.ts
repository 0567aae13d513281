import { channel } from 'node:diagnostics_channel';

/** What is measured, where it happens. Nothing is kept here, and nothing costs anything unless something listens. */
export interface Measures {
  /** A request was answered, or its connection has gone. */
  request: {
    readonly method: string;
    /** As in the route table; never a path, which has ids. */
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
    /** Octets of the two bodies, as far as their headers say. */
    readonly bytesIn: number;
    readonly bytesOut: number;
  };
  /** The object store answered, or failed to. */
  store: { readonly operation: string; readonly seconds: number; readonly isGood: boolean };
  /** A body had to wait so long for memory. */
  intake: { readonly seconds: number };
}

type Name = keyof Measures;
const channelOf = (name: Name) => channel(`aerie:${name}`);

export const isMeasured = (name: Name): boolean => channelOf(name).hasSubscribers;

export function measure<N extends Name>(name: N, value: Measures[N]): void {
  const measures = channelOf(name);
  if (measures.hasSubscribers) measures.publish(value);
}

/** @returns what ends it */
export function onMeasure<N extends Name>(name: N, take: (value: Measures[N]) => void): () => void {
  const listener = (value: unknown): void => take(value as Measures[N]);
  const measures = channelOf(name);
  measures.subscribe(listener);
  return () => void measures.unsubscribe(listener);
}
