/** Where the page is. Paths hold ids only; nothing in them is secret, so every place can be linked to. */

class Place {
  #path = $state(location.pathname);

  get path(): string {
    return this.#path;
  }

  /** Goes there, and remembers where from unless told to replace it. */
  go(path: string, { replace = false }: { replace?: boolean } = {}): void {
    if (path !== location.pathname) history[replace ? 'replaceState' : 'pushState']({}, '', path);
    this.#path = location.pathname;
  }

  back(otherwise: string): void {
    if (history.state !== null && history.length > 1) history.back();
    else this.go(otherwise, { replace: true });
  }

  follow(): void {
    this.#path = location.pathname;
  }
}
export const place = new Place();

addEventListener('popstate', () => place.follow());

/** Clicks on links of this app stay in it; everything else is the browser's business. */
document.addEventListener('click', (event) => {
  const link = (event.target as Element | null)?.closest?.('a[href]');
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.defaultPrevented;
  if (!(link instanceof HTMLAnchorElement) || !isPlain || link.target || link.hasAttribute('download')) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.hash || to.pathname.startsWith('/api/')) return;
  event.preventDefault();
  place.go(to.pathname);
});

/** The values of the `:names` in a pattern such as `/projects/:projectId`; null where the path is another. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/\/$/, '').split('/');
  if (wanted.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.startsWith(':')) values[part.slice(1)] = decodeURIComponent(given[i]!);
    else if (part !== given[i]) return null;
  }
  return values;
}
