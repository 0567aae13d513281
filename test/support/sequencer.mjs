/**
 * The order of test files: those that take longest first, whatever starts a server or a browser next, and what needs nothing
 * last, to fill the workers to the end. Jest knows durations only where it has run before, and goes by file size otherwise: a
 * minute of one browser may then come last, while the other workers have nothing left to do.
 */
const longest = [
  'web/every-page',
  'faults/kill',
  'faults/races',
  'stories/cli-pilot-ingests',
  'web/offline',
  'stories/sdk-clocks-apart',
  'stories/web-pilot',
  'adversary/tampering',
  'database/embedded-postgres',
];
const isAlone = (path) => /(?<!e2e-|contract-)spec\.ts$/.test(path);

const rank = ({ path }) => {
  const place = longest.findIndex((name) => path.includes(name));
  if (place >= 0) return place;
  return longest.length + (isAlone(path) ? 1 : 0);
};

export default class Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path));
  }
  /** Jest tells every sequencer how long each file took; this one needs no memory. */
  cacheResults() {}
}
