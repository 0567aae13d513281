/** What a tour asks a page. Each function is handed to the browser as it stands: it may use nothing from outside itself. */

/** Words that a person sees or hears: text, and what names or explains a control. Dates, sizes and ids are not words. */
export function visibleTexts(): string[] {
  const isShown = (element: Element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest('code, .mono, bdi, option[lang], svg');
  const texts: string[] = [document.title];
  for (const element of document.querySelectorAll('body *')) {
    if (!isShown(element)) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.textContent ?? '');
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) texts.push(element.getAttribute(name) ?? '');
  }
  return [...new Set(texts.map((text) => text.trim().replace(/\s+/g, ' ')))].filter((text) => /\p{L}{3}/u.test(text));
}

/** What sticks out of the window or of the box that it is in, or is shortened by it. */
export function cutOff(): string[] {
  const found: string[] = [];
  const nameOf = (element: Element) =>
    `${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? `.${element.className.replace(/\s+/g, '.')}` : ''} “${(element.textContent ?? '').trim().slice(0, 40)}”`;
  /** What is meant to be wider than its frame; a page is not. */
  const mayScroll = (element: Element | null) => Boolean(element?.closest('.scroll-x, pre, input, textarea'));
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than the window');
  for (const element of document.querySelectorAll('body *:not(svg *)')) {
    const { clipPath, display } = getComputedStyle(element);
    if (!element.checkVisibility({ visibilityProperty: true }) || clipPath !== 'none' || element.closest('.skip'))
      continue;
    const { left, right, width } = element.getBoundingClientRect();
    if (width > 0 && (left < -1 || right > innerWidth + 1) && !mayScroll(element.parentElement))
      found.push(`sticks out of the window: ${nameOf(element)}`);
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim(),
    );
    if (hasText && display !== 'inline' && element.scrollWidth > element.clientWidth + 1 && !mayScroll(element))
      found.push(`does not fit into its box: ${nameOf(element)}`);
  }
  return found;
}

/**
 * Controls that nobody can see whole: wider than a box that clips them, beside it, outside the window, or too narrow for
 * their own words. What can be scrolled to is not clipped, unless it is wider than the box that scrolls.
 */
export function clippedControls(): string[] {
  const found: string[] = [];
  const nameOf = (element: Element) => {
    const label = element.getAttribute('aria-label') ?? (element as HTMLInputElement).placeholder ?? '';
    return `${element.tagName.toLowerCase()} “${(label || element.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 50)}”`;
  };
  const boxesAround = function* (element: Element) {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
      const { overflowX, position } = getComputedStyle(box);
      if (overflowX !== 'visible') yield { box, isScrolled: overflowX === 'auto' || overflowX === 'scroll' };
      if (position === 'fixed') return;
    }
  };
  /** As wide as its words need it to be: of a select, the longest choice. */
  const wishOf = (element: HTMLInputElement | HTMLSelectElement): number => {
    const twin = element.cloneNode(true) as HTMLInputElement;
    const style = getComputedStyle(element);
    Object.assign(twin.style, { position: 'fixed', visibility: 'hidden', maxWidth: 'none', minWidth: '0' });
    Object.assign(twin.style, { font: style.font, letterSpacing: style.letterSpacing, padding: style.padding });
    Object.assign(twin.style, { border: style.border, boxSizing: style.boxSizing, width: 'auto', flex: 'none' });
    if (element instanceof HTMLInputElement) {
      twin.value = '';
      twin.style.setProperty('field-sizing', 'content');
    }
    twin.removeAttribute('id');
    twin.removeAttribute('name');
    element.after(twin);
    const { width } = twin.getBoundingClientRect();
    twin.remove();
    return width;
  };
  for (const element of document.querySelectorAll('a[href], button, summary, select, input, textarea')) {
    const { clipPath, opacity } = getComputedStyle(element);
    if (!element.checkVisibility({ visibilityProperty: true }) || clipPath !== 'none' || element.closest('.skip'))
      continue;
    const { left, right, width } = element.getBoundingClientRect();
    if (width === 0 || opacity === '0') continue;
    const scrolls = [...boxesAround(element)];
    if ((left < -1 || right > innerWidth + 1) && !scrolls.some(({ isScrolled }) => isScrolled))
      found.push(`reaches out of the window: ${nameOf(element)}`);
    for (const { box, isScrolled } of scrolls) {
      const frame = box.getBoundingClientRect();
      const isBeside = left < frame.left - 1 || right > frame.right + 1;
      if (isScrolled ? width > box.clientWidth + 1 : isBeside) found.push(`is clipped: ${nameOf(element)}`);
      if (isScrolled) break;
    }
    const hasWords =
      element instanceof HTMLSelectElement || (element instanceof HTMLInputElement && element.placeholder);
    if (hasWords && wishOf(element as HTMLInputElement) > width + 1)
      found.push(`is too narrow for its words: ${nameOf(element)}`);
  }
  return [...new Set(found)];
}
