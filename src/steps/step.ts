import { channel } from 'node:diagnostics_channel';

/**
 * Announces that a named step was reached. Nothing happens unless something listens: tests load a listener that ends the
 * process right there, which is how "kill -9 at every step" is done without a switch in the product.
 */
export function step(name: StepName): void {
  const steps = channel('aerie:step');
  if (steps.hasSubscribers) steps.publish(name);
}

export type StepName =
  | 'upload.created'
  | 'part.checked'
  | 'part.claimed'
  | 'part.stored'
  | 'part.acknowledged'
  | 'commit.verified'
  | 'commit.staged'
  | 'commit.stored'
  | 'commit.joined'
  | 'commit.written'
  | 'commit.done'
  | 'check.read'
  | 'pack.claimed'
  | 'pack.stored'
  | 'pack.written'
  | 'discard.deleted';
