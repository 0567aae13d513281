import { texts } from '../../platform/i18n/language.svelte.js';

export const downloadsTexts = texts({
  en: {
    running: (name: string) => `Decrypting and checking ${name}`,
    progress: (done: string, all: string) => `${done} of ${all}`,
    done: (name: string) => `${name} is saved. Verified: exact copy of the original.`,
    canceled: (name: string) => `The download of ${name} was canceled. Nothing was saved.`,
    failed: (name: string) => `${name} was not saved.`,
    failedAt: (name: string, about: string) =>
      `${name} was not saved, because the file ${about} failed. Leave that file out, or try again.`,
    tooLarge: (bytes: string, max: string) =>
      `${bytes} are too much for this browser, which saves at most ${max}. Choose fewer files, or use Chrome, Edge, or \`aerie get\`.`,
    cancel: 'Cancel the download',
    dismiss: 'Dismiss',
  },
  de: {
    running: (name: string) => `${name} wird entschlüsselt und geprüft`,
    progress: (done: string, all: string) => `${done} von ${all}`,
    done: (name: string) => `${name} ist gespeichert. Geprüft: genaue Kopie des Originals.`,
    canceled: (name: string) => `Das Herunterladen von ${name} wurde abgebrochen. Es wurde nichts gespeichert.`,
    failed: (name: string) => `${name} wurde nicht gespeichert.`,
    failedAt: (name: string, about: string) =>
      `${name} wurde wegen der Datei ${about} nicht gespeichert. Lassen Sie diese Datei weg, oder versuchen Sie es noch einmal.`,
    tooLarge: (bytes: string, max: string) =>
      `${bytes} sind zu viel für diesen Browser, der höchstens ${max} speichert. Wählen Sie weniger Dateien, oder verwenden Sie Chrome, Edge oder \`aerie get\`.`,
    cancel: 'Herunterladen abbrechen',
    dismiss: 'Ausblenden',
  },
});
