import { texts } from '../i18n/language.svelte.js';

/** Words that every page needs. */
export const uiTexts = texts({
  en: {
    close: 'Close',
    cancel: 'Cancel',
    back: 'Back',
    next: 'Next',
    retry: 'Try again',
    loading: 'Loading …',
    done: 'Done',
    technicalDetails: 'Technical details',
  },
  de: {
    close: 'Schließen',
    cancel: 'Abbrechen',
    back: 'Zurück',
    next: 'Weiter',
    retry: 'Noch einmal versuchen',
    loading: 'Wird geladen …',
    done: 'Fertig',
    technicalDetails: 'Technische Angaben',
  },
});
