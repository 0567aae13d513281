/** On the page: passes what the service worker asks for on to the engine. Call once. */
import { transfer } from 'comlink';
import { engine } from '../../platform/engine/connect.js';
import type { StreamRequest } from '../../platform/sw/stream-messages.js';

export function serveStreams(): void {
  navigator.serviceWorker?.addEventListener('message', ({ data, ports: [port] }: MessageEvent<StreamRequest>) => {
    if (data.type === 'aerie.stream' && port) void engine().video.serve(data, transfer(port, [port]));
  });
  navigator.serviceWorker?.startMessages();
}
