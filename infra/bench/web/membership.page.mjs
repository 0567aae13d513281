/** Replays a membership chain in a page: the chain is fetched before the clock runs. */
import { Membership, membershipPageMax, signedFromWire } from '@aerie/protocol';

const { rootFp, wire } = await (await fetch('/chain')).json();

globalThis.replay = async () => {
  const since = performance.now();
  let chain = await Membership.found(signedFromWire(wire[0]), rootFp);
  for (let from = 1; from < wire.length; from += membershipPageMax)
    chain = await chain.with(wire.slice(from, from + membershipPageMax).map(signedFromWire));
  return performance.now() - since;
};
