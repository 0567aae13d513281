import { session } from './session.svelte.js';

/**
 * Until the answer is called: idling does not lock, leaving the page asks first, and the screen stays on where the
 * browser can see to that (Screen Wake Lock); phones stop the work of pages behind a dark screen.
 */
export function stayAwake(): () => void {
  const lockAgain = session.keepAwake();
  const over = new AbortController();
  const { signal } = over;
  addEventListener('beforeunload', (event) => event.preventDefault(), { signal });
  let screen: WakeLockSentinel | undefined;
  const keepScreenOn = async (): Promise<void> => {
    if (document.visibilityState !== 'visible') return;
    // Refused on low battery, for one: then the screen does as it likes.
    screen = await navigator.wakeLock?.request('screen').catch(() => undefined);
    if (signal.aborted) await screen?.release();
  };
  // Browsers give the screen free whenever the page is out of sight.
  document.addEventListener('visibilitychange', () => void keepScreenOn(), { signal });
  void keepScreenOn();
  return () => {
    over.abort();
    lockAgain();
    void screen?.release();
  };
}
