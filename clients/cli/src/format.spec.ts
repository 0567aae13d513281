import { describe, expect, it } from '@jest/globals';
import { formatBytes, formatSeconds, next, shortName, table, visible } from './format.js';

describe('What a person reads', () => {
  it('gives octets in the unit that suits them', () => {
    expect([0, 1, 1023, 1024, 8_392_704, 2 ** 40].map(formatBytes)).toEqual([
      '0 B',
      '1 B',
      '1023 B',
      '1.0 KiB',
      '8.0 MiB',
      '1.0 TiB',
    ]);
  });

  it('gives times without false precision', () => {
    expect([0, 59.4, 125, 11_520, Infinity].map(formatSeconds)).toEqual([
      '0 s',
      '59 s',
      '2 min 05 s',
      '3 h 12 min',
      '?',
    ]);
  });

  it('writes out what would move the cursor or turn the text round', () => {
    expect(visible('a\u202egpj.exe')).toBe('a\\u{202e}gpj.exe');
    expect(visible('\x1b[2Jx\r\n')).toBe('\\u{001b}[2Jx\\u{000d}\\u{000a}');
    expect(visible('Küste 海岸 🚁')).toBe('Küste 海岸 🚁');
  });

  it('keeps the extension of a long name in sight', () => {
    const short = shortName(`${'x'.repeat(4000)}.JPG`, 40);
    expect(Array.from(short)).toHaveLength(40);
    expect(short).toMatch(/…x+\.JPG$/);
  });

  it('aligns columns, numbers to the right', () => {
    const lines = table(
      [
        { a: 'x', n: '10' },
        { a: 'yyy', n: '9' },
      ],
      [
        { head: 'A', text: (row) => row.a },
        { head: 'N', align: 'right', text: (row) => row.n },
      ],
    );
    expect(lines).toEqual(['A     N', 'x    10', 'yyy   9']);
  });

  it('names the next command as the person can type it', () => {
    const { npm_command: before } = process.env;
    try {
      process.env.npm_command = 'exec';
      expect(next('project list')).toBe('Next:  npx aerie project list');
      delete process.env.npm_command;
      expect(next('project list')).toBe('Next:  aerie project list');
    } finally {
      if (before !== undefined) process.env.npm_command = before;
    }
  });
});
