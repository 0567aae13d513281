import { connect } from 'node:net';
import { once } from 'node:events';
import { startProcess } from '../support/server.js';

describe('A server that is told to stop', () => {
  it('gives requests a few seconds, and does not wait for one that has stalled', async () => {
    const server = await startProcess();
    const socket = connect({ host: '127.0.0.1', port: server.port });
    socket.on('error', () => {});
    socket.write('POST /api/v1/organization HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n');
    socket.write('content-length: 100\r\n\r\n{');
    await once(socket, 'connect');
    // What was written before has been read by the time a later request is answered.
    expect((await fetch(`${server.url}/health/live`)).ok).toBe(true);
    // Fails where the process must be killed; the socket is still open.
    await server.stop();
    socket.destroy();
    expect(server.process.signalCode === 'SIGTERM' || server.process.exitCode === 0).toBe(true);
  });
});
