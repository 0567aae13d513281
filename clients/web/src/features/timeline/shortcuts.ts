/** Whether a key press is meant for the page: not for a field, nor for a dialog that is open. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.altKey || document.querySelector('dialog[open]')) return false;
  const { target } = event;
  return !(target instanceof Element && target.closest('input, textarea, select'));
}
