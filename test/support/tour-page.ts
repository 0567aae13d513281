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
