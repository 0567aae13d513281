import { safeName, uniqueName } from './export-names.js';

describe('A name in an export', () => {
  it.each([
    ['DJI_0042.MP4', 'DJI_0042.MP4'],
    ['Küste – 1.jpg', 'Küste – 1.jpg'],
    ['../../etc/passwd', '__.._etc_passwd'],
    ['C:\\evil.exe', 'C__evil.exe'],
    ['a\0b\nc\u001b[31m', 'a_b_c_[31m'],
    ['gpj.\u202Eexe', 'gpj._exe'],
    ['.ssh', '_ssh'],
    ['..', '_'],
    ['', '_'],
    ['nul.txt', '_nul.txt'],
    ['COM1', '_COM1'],
    ['COM¹', '_COM¹'],
    ['lpt².txt', '_lpt².txt'],
    ['Com³.tar.gz', '_Com³.tar.gz'],
    ['COM⁴', 'COM⁴'],
    ['trailing. ', 'trailing_'],
    ['\ud800lone.jpg', '_lone.jpg'],
  ])('%j becomes %j', (name, expected) => expect(safeName(name)).toBe(expected));

  it('is cut between characters to 200 octets and keeps its extension', () => {
    const safe = safeName(`${'é🛩'.repeat(1000)}.jpg`);
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
    expect(Buffer.byteLength(safe)).toBeGreaterThan(190);
    expect(safe).toMatch(/\.jpg$/);
    expect(safe).not.toContain('\ufffd');
  });

  it('occurs once, also where cases are not told apart', () => {
    const taken = new Set<string>();
    const long = `${'x'.repeat(300)}.jpg`;
    const names = ['a.jpg', 'A.jpg', 'a.jpg', 'a', 'a', long, long].map((name) => uniqueName(name, taken));
    expect(names.slice(0, 5)).toEqual(['a.jpg', 'A-2.jpg', 'a-3.jpg', 'a', 'a-2']);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  });
});
