import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Networks } from '../config/networks.js';

/** Bounds the connections at a time, in all and from each address; a trusted proxy stands for many and is not counted. */
export function capConnections(http: Server, inAll: number, perAddress: number, proxies: Networks): void {
  http.maxConnections = inAll;
  const open = new Map<string, number>();
  http.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || proxies.includes(address)) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > perAddress) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = open.get(address)! - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
