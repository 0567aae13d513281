/** What the engine says to the pages of this browser whenever the server begins or ceases to answer. */
const channelName = 'aerie-reach';

/** A `fetch` that tells whether the server answered. Anything that HTTP can say is an answer. */
export function watchedFetch(): typeof globalThis.fetch {
  const channel = new BroadcastChannel(channelName);
  let isReached: boolean | undefined;
  const tell = (now: boolean): void => {
    if (now !== isReached) channel.postMessage((isReached = now));
  };
  return async (input, init) => {
    try {
      const response = await globalThis.fetch(input, init);
      tell(true);
      return response;
    } catch (error) {
      // Whoever stops a request has not heard of the network.
      if (!init?.signal?.aborted) tell(false);
      throw error;
    }
  };
}

export function onReach(told: (isReached: boolean) => void): void {
  new BroadcastChannel(channelName).onmessage = ({ data }) => told(data === true);
}
