import { texts } from '../../platform/i18n/language.svelte.js';

export const downloadsTexts = texts({
  en: {
    running: (name: string) => `Decrypting and checking ${name}`,
    progress: (done: string, all: string) => `${done} of ${all}`,
    done: (name: string) => `${name} is complete. Every octet was checked.`,
    canceled: (name: string) => `The download of ${name} was canceled. Nothing of it was kept.`,
    failed: (name: string) => `${name} was not saved, nothing of it was kept.`,
    failedAt: (name: string, about: string) =>
      `${name} was not saved, because of the file ${about}. Nothing of it was kept. Leave that file out, or try again.`,
    tooLarge: (bytes: string, max: string) =>
      `${bytes} are too much to be saved through the memory of this browser (at most ${max}). Choose fewer files, use a browser that writes to the disk directly (Chrome, Edge), or \`aerie get\`.`,
    cancel: 'Cancel the download',
    dismiss: 'Dismiss',
  },
  de: {
    running: (name: string) => `${name} wird entschlüsselt und geprüft`,
    progress: (done: string, all: string) => `${done} von ${all}`,
    done: (name: string) => `${name} ist vollständig. Jedes Oktett wurde geprüft.`,
    canceled: (name: string) => `Das Herunterladen von ${name} wurde abgebrochen. Nichts davon wurde behalten.`,
    failed: (name: string) => `${name} wurde nicht gespeichert, nichts davon wurde behalten.`,
    failedAt: (name: string, about: string) =>
      `${name} wurde wegen der Datei ${about} nicht gespeichert. Nichts davon wurde behalten. Lassen Sie diese Datei weg, oder versuchen Sie es noch einmal.`,
    tooLarge: (bytes: string, max: string) =>
      `${bytes} sind zu viel, um sie über den Speicher dieses Browsers zu sichern (höchstens ${max}). Wählen Sie weniger Dateien, verwenden Sie einen Browser, der direkt auf den Datenträger schreibt (Chrome, Edge), oder \`aerie get\`.`,
    cancel: 'Herunterladen abbrechen',
    dismiss: 'Ausblenden',
  },
});
