import { maySayAt } from './verdict-place.js';

describe('A verdict about one project', () => {
  it.each(['/projects', '/devices', '/projects/a', '/projects/a/uploads', '/projects/a/media/m'])(
    'may stand on %s',
    (path) => expect(maySayAt(path, 'a')).toBe(true),
  );

  it.each(['/projects/b', '/projects/b/uploads', '/projects/b/media/a', '/projects/ab'])('never stands on %s', (path) =>
    expect(maySayAt(path, 'a')).toBe(false),
  );
});
