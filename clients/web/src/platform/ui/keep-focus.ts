/**
 * Whoever works by keyboard or hears the page stays where they are: where the control that has the focus goes away or is
 * switched off, the focus goes to the dialog or to the page that it was on, not to nowhere (WCAG 2.2, 2.4.3).
 * Nobody moved it there, so no ring is drawn around the whole page.
 */
export function keepFocus(): void {
  let last: Element | null = null;
  addEventListener('focusin', ({ target }) => (last = target as Element));
  new MutationObserver(() => {
    const isLost = last !== null && (!last.isConnected || last.matches(':disabled'));
    if (!isLost || (document.activeElement !== document.body && document.activeElement !== last)) return;
    const around = document.querySelector<HTMLElement>(':modal') ?? document.querySelector('main');
    if (!around) return;
    around.dataset.placed = '';
    around.addEventListener('blur', () => delete around.dataset.placed, { once: true });
    around.focus({ preventScroll: true });
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] });
}
