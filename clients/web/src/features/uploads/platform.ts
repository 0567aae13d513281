/** A phone or tablet: files come from a gallery and a camera rather than from cards that are dragged. */
export const isTouch = matchMedia('(pointer: coarse) and (hover: none)').matches;

/** iPads call themselves Macs, but no Mac has a touch screen. */
export const isIos =
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1);
