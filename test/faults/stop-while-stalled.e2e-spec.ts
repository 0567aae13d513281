import { connect } from 'node:net';
import { startProcess } from '../support/server.js';

describe('A server that is told to stop', () => {
  it('gives requests a few seconds, and does not wait for one that has stalled', async () => {
    const server = await startProcess();
    const socket = connect({ host: '127.0.0.1', port: server.port });
    socket.on('error', () => {});
    socket.write('POST /api/v1/organization HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n');
    socket.write('content-length: 100\r\n\r\n{');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const startedAt = Date.now();
    await server.stop();
    socket.destroy();
    expect(Date.now() - startedAt).toBeLessThan(12_000);
    expect(server.process.signalCode === 'SIGTERM' || server.process.exitCode === 0).toBe(true);
  });
});
