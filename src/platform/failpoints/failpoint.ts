import { channel } from 'node:diagnostics_channel';

/**
 * Announces that a named failpoint was reached. Nothing happens unless something listens: tests load a listener that ends the
 * process right there, which is how "kill -9 at every failpoint" is done without a switch in the product.
 */
export function failpoint(name: FailpointName): void {
  const failpoints = channel('aerie:failpoint');
  if (failpoints.hasSubscribers) failpoints.publish(name);
}

export type FailpointName =
  | 'upload.created'
  | 'part.begun'
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
  | 'compact.claimed'
  | 'compact.stored'
  | 'compact.written'
  | 'objects.deleted'
  | 'discard.deleted';
