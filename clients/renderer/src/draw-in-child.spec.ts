import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { drawInChild } from './draw-in-child.js';

const limits = { msMax: 10_000, memoryBytesMax: 384 * 1024 * 1024 };
const megabytes = 1024 * 1024;

describe('A picture that is drawn in a child process', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'aerie-draw-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  function childThat(does: string): string {
    const file = join(folder, `${Math.random()}.mjs`);
    writeFileSync(file, does);
    return file;
  }
  const source = new Uint8Array(2 * megabytes).fill(7);
  const draw = (does: string, changed = {}) => drawInChild(source, { ...limits, ...changed }, childThat(does));

  it('comes back as the child made it', async () => {
    const reply = `JSON.stringify({ thumb: Buffer.from([1, 2]).toString('base64'), preview: Buffer.from([3]).toString('base64') })`;
    expect(await draw(`process.stdout.write(${reply}); process.stdin.resume();`)).toEqual({
      thumb: Uint8Array.of(1, 2),
      preview: Uint8Array.of(3),
    });
  });

  it('is handed to the child whole', async () => {
    const count = `let n = 0; for await (const piece of process.stdin) n += piece.length;`;
    const drawn = await draw(
      `${count} process.stdout.write(JSON.stringify({ thumb: Buffer.from(String(n)).toString('base64') }));`,
    );
    expect('thumb' in drawn && Buffer.from(drawn.thumb).toString()).toBe(String(source.length));
  });

  it('is given up with the reason the child states', async () => {
    expect(await draw(`process.stdout.write('{"failure":"too_large"}')`)).toEqual({ failure: 'too_large' });
  });

  it('is given up where the child crashes, at once or half-way', async () => {
    expect(await draw(`process.abort()`)).toEqual({ failure: 'unreadable' });
    expect(await draw(`process.stdout.write('{"thumb":"AAAA"}', () => process.kill(process.pid, 'SIGSEGV'));`)).toEqual(
      {
        failure: 'unreadable',
      },
    );
  });

  it('is given up where the child hangs', async () => {
    expect(await draw(`setInterval(() => {}, 1000)`, { msMax: 500 })).toEqual({ failure: 'timed_out' });
  });

  it('is given up where the child swells outside the heap that Node limits', async () => {
    const swell = `const held = []; for (let i = 0; i < 40; i++) held.push(Buffer.alloc(${50 * megabytes}, 1)); process.stdout.write('{"thumb":"AAAA"}');`;
    expect(await draw(swell)).toEqual({ failure: 'unreadable' });
  });

  it('is given up where the child says what a child never says', async () => {
    for (const reply of ['', 'null', '{"thumb":7}', '{"thumb":"not base64!"}', '{"failure":"because"}']) {
      expect(await draw(`process.stdout.write(${JSON.stringify(reply)})`)).toEqual({ failure: 'unreadable' });
    }
  });

  it('is given up where the child never stops talking', async () => {
    expect(await draw(`const talk = () => process.stdout.write('x'.repeat(1e6), talk); talk();`)).toEqual({
      failure: 'unreadable',
    });
  });

  it('tells the child nothing of the environment', async () => {
    const drawn = await draw(
      `process.stdout.write(JSON.stringify({ thumb: Buffer.from(JSON.stringify(process.env)).toString('base64') }));`,
    );
    const told = JSON.parse('thumb' in drawn ? Buffer.from(drawn.thumb).toString() : '{}') as Record<string, string>;
    // What a shell adds of its own.
    expect(Object.keys(told).filter((name) => !['PWD', '_', 'SHLVL', 'OLDPWD'].includes(name))).toEqual([]);
  });
});
