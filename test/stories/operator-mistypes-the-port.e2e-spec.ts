import { spawn } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

describe('An operator mistypes the port', () => {
  const outputOf = (entry: string, port: string): Promise<{ code: number | null; text: string }> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [entry], { env: { ...process.env, PORT: port } });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (piece) => (text += piece));
      child.on('close', (code) => done({ code, text }));
    });

  it.each(['dist/main.js', 'infra/start.mjs'])(
    'and %s says what a port is, in a sentence without a stack',
    async (entry) => {
      for (const port of ['99999', 'eighty']) {
        const { code, text } = await outputOf(entry, port);
        expect([port, code, text]).toEqual([
          port,
          1,
          expect.stringMatching(/PORT: must be a whole number from 0 to 65535/),
        ]);
        expect([port, text]).toEqual([port, expect.not.stringMatching(/^\s+at /m)]);
      }
    },
  );
});
