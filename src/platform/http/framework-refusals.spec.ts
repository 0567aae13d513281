import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { sendRaw } from '../../../test/support/raw-http.js';
import { methodsOf, refusalOfFramework, refusingOptions } from './framework-refusals.js';

describe('What the framework refuses', () => {
  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', 'request.timeout'],
    ['HPE_HEADER_OVERFLOW', 'request.headers_too_large'],
    ['HPE_INVALID_METHOD', 'request.malformed'],
  ])('is a problem of the table where Node says %s', async (nodeCode, code) => {
    const server = createServer((socket) =>
      refusingOptions.clientErrorHandler(Object.assign(new Error(), { code: nodeCode }), socket),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const answer = await sendRaw((server.address() as AddressInfo).port, 'x');
    server.close();
    expect([answer.code, answer.headers.get('connection')]).toEqual([code, 'close']);
  });

  it.each([
    [400, 'request.malformed'],
    [404, 'request.unknown_route'],
    [408, 'request.timeout'],
    [413, 'request.too_large'],
    [414, 'request.url_too_long'],
    [415, 'request.unsupported_type'],
    [431, 'request.headers_too_large'],
    [418, 'request.malformed'],
    [500, undefined],
    [undefined, undefined],
  ])('is a problem of the table where Fastify says %s', (statusCode, code) => {
    expect(
      refusalOfFramework(Object.assign(new Error('x'), { statusCode }), { method: 'GET', url: '/nowhere' })?.code,
    ).toBe(code);
  });

  it('knows the methods of each path of the table, whatever its ids', () => {
    expect(methodsOf('/api/v1/projects?x=/api')).toEqual(['GET', 'HEAD', 'POST']);
    expect(methodsOf('/api/v1/uploads/x')).toEqual(['DELETE', 'GET', 'HEAD']);
    expect(methodsOf('/api/v1/uploads/x/y')).toEqual([]);
  });
});
