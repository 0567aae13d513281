import type { Explanation } from '@aerie/sdk';
import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';
import { problemText } from '../../platform/i18n/problems.js';

const files = (count: number): string => (count === 1 ? '1 file' : `${formatNumber(count)} files`);
const dateien = (count: number): string => (count === 1 ? '1 Datei' : `${formatNumber(count)} Dateien`);

/** Why a stored file has no preview, where that is worth a remark: of a flight log it is not. */
const noPicture: Record<'en' | 'de', Record<string, string>> = {
  en: {
    unsupported: 'no preview: this kind of picture cannot be read',
    no_decoder: 'no preview: this browser cannot show this kind of file',
    too_large: 'no preview: the picture is too large',
    timed_out: 'no preview: it took too long',
    unreadable: 'no preview: the picture is damaged or cannot be read',
  },
  de: {
    unsupported: 'keine Vorschau: diese Art Bild lässt sich nicht lesen',
    no_decoder: 'keine Vorschau: dieser Browser kann diese Art Datei nicht zeigen',
    too_large: 'keine Vorschau: das Bild ist zu groß',
    timed_out: 'keine Vorschau: es dauerte zu lange',
    unreadable: 'keine Vorschau: das Bild ist beschädigt oder nicht lesbar',
  },
};

export const uploadsTexts = texts({
  en: {
    upload: 'Upload',
    uploadTo: (project: string) => (project ? `Upload to ${project}` : 'Upload'),
    toProject: 'To the project',
    files,
    // Choosing
    dropCard: 'Drop your SD card here',
    dropMore: 'Drop more here',
    dropNow: 'Let go to upload',
    dropHint: 'Folders, cards or single files. All files are encrypted in this browser before they are sent.',
    dropHintPhone: 'All files are encrypted on this device before they are sent.',
    chooseFolder: 'Choose a folder',
    chooseFiles: 'Choose files',
    choosePictures: 'Photos and videos',
    takePhoto: 'Take a photo',
    takeVideo: 'Record a video',
    unfinished: 'An upload to this project was not finished',
    unfinishedHint:
      'Drop or choose the same folder again. Stored files are recognized, and large files continue where they stopped.',
    goOn: (folder: string) => `Resume with ${folder}`,
    dismiss: 'Dismiss',
    // Phases
    running: 'Uploading',
    listing: 'Looking through the folders',
    pausing: 'Pausing …',
    paused: 'Paused',
    pausedHint: 'Stored files are kept. If you close this page, choose the same files again to continue.',
    offline: 'Waiting for the server',
    stopped: 'The upload has stopped',
    done: 'All files stored',
    doneFailed: (count: number) =>
      `Finished, but ${count === 1 ? 'one file was' : `${formatNumber(count)} files were`} not stored`,
    nothingFound: 'No files found',
    skipped: (count: number) =>
      `${count === 1 ? '1 system file' : `${formatNumber(count)} system files`} skipped: not recorded by the drone, left there by a computer.`,
    pause: 'Pause',
    resume: 'Resume',
    tryNow: 'Try again now',
    progress: 'Progress of all files',
    progressOf: (name: string) => `Progress of ${name}`,
    amounts: (done: string, all: string) => `${done} of ${all}`,
    speed: (bytes: string) => `${bytes} a second`,
    left: (duration: string) => `about ${duration} left`,
    retryIn: (duration: string) => `Can’t reach the server. Trying again in ${duration}.`,
    retryNow: 'Can’t reach the server. Trying again …',
    serverRetry: (message: string, duration: string) => `${message.replace(/\.$/, '')}. Trying again in ${duration}.`,
    keepOpen: 'Keep this page open until all files are stored. You can use other pages of Aerie meanwhile.',
    ios: 'On an iPhone or iPad, a web app stops working as soon as you switch to another app or the screen goes dark. The upload then pauses and continues when you come back. For long uploads, keep Aerie in front and the device plugged in.',
    // Outcomes
    safe: (cards: string) => `Safe to erase the card${cards && `: ${cards}`}`,
    safeHint: (count: number, bytes: string, project: string) =>
      `${count === 1 ? 'The file is' : `All ${formatNumber(count)} files are`} stored in ${project} (${bytes}). The server confirmed each with a signed receipt, and this browser checked every receipt.`,
    unsafe: (cards: string) => `Do not erase the card yet${cards && `: ${cards}`}`,
    unsafeRunning: (count: number) =>
      count === 0
        ? 'Uploading.'
        : `Uploading; ${count === 1 ? '1 file' : `${formatNumber(count)} files`} not confirmed yet.`,
    unsafeDone: (count: number) =>
      count === 1
        ? '1 file is not confirmed: it may be on the card only.'
        : `${formatNumber(count)} files are not confirmed: they may be on the card only.`,
    look: 'Look at the footage',
    receipts: 'Save the receipts',
    newList: 'Clear list',
    newListHint: 'To start over, clear the list and choose the card again. Stored files are recognized.',
    stored: 'Stored',
    alreadyStored: 'Already stored',
    storedAs: (path: string) => `Already stored as ${path}`,
    failed: 'Not stored',
    waiting: 'Waiting',
    active: 'Uploading',
    checking: 'Reading and encrypting',
    noPicture: (code: string) => noPicture.en[code] ?? '',
    failures: 'Not stored',
    tryAgain: 'Try again',
    allFiles: (count: number) => `All files (${formatNumber(count)})`,
    // The pill
    pill: 'Show the upload',
    unnamed: 'Project without a name',
    dismissOf: (project: string) => `Dismiss: ${project}`,
    pillRunning: (percent: string) => `Uploading ${percent}`,
  },
  de: {
    upload: 'Hochladen',
    uploadTo: (project: string) => (project ? `Hochladen nach ${project}` : 'Hochladen'),
    toProject: 'Zum Projekt',
    files: dateien,
    dropCard: 'Ziehen Sie Ihre SD-Karte hierher',
    dropMore: 'Weiteres hierher ziehen',
    dropNow: 'Zum Hochladen loslassen',
    dropHint:
      'Ordner, Karten oder einzelne Dateien. Alle Dateien werden in diesem Browser verschlüsselt, bevor sie gesendet werden.',
    dropHintPhone: 'Alle Dateien werden auf diesem Gerät verschlüsselt, bevor sie gesendet werden.',
    chooseFolder: 'Ordner wählen',
    chooseFiles: 'Dateien wählen',
    choosePictures: 'Fotos und Videos',
    takePhoto: 'Foto aufnehmen',
    takeVideo: 'Video aufnehmen',
    unfinished: 'Ein Upload in dieses Projekt wurde nicht beendet',
    unfinishedHint:
      'Ziehen Sie denselben Ordner hierher, oder wählen Sie ihn noch einmal. Gespeicherte Dateien werden erkannt, und große Dateien gehen dort weiter, wo sie stehen blieben.',
    goOn: (folder: string) => `Mit ${folder} fortsetzen`,
    dismiss: 'Ausblenden',
    running: 'Wird hochgeladen',
    listing: 'Die Ordner werden durchgesehen',
    pausing: 'Wird angehalten …',
    paused: 'Angehalten',
    pausedHint:
      'Gespeicherte Dateien bleiben erhalten. Wenn Sie diese Seite schließen, wählen Sie dieselben Dateien noch einmal, um fortzufahren.',
    offline: 'Wartet auf den Server',
    stopped: 'Das Hochladen wurde abgebrochen',
    done: 'Alle Dateien gespeichert',
    doneFailed: (count: number) =>
      `Beendet, aber ${count === 1 ? 'eine Datei wurde' : `${formatNumber(count)} Dateien wurden`} nicht gespeichert`,
    nothingFound: 'Keine Dateien gefunden',
    skipped: (count: number) =>
      `${count === 1 ? '1 Systemdatei' : `${formatNumber(count)} Systemdateien`} übersprungen: nicht von der Drohne aufgenommen, sondern von einem Computer dort hinterlassen.`,
    pause: 'Anhalten',
    resume: 'Fortsetzen',
    tryNow: 'Jetzt noch einmal versuchen',
    progress: 'Fortschritt aller Dateien',
    progressOf: (name: string) => `Fortschritt von ${name}`,
    amounts: (done: string, all: string) => `${done} von ${all}`,
    speed: (bytes: string) => `${bytes} pro Sekunde`,
    left: (duration: string) => `noch etwa ${duration}`,
    retryIn: (duration: string) => `Der Server ist nicht erreichbar. Nächster Versuch in ${duration}.`,
    retryNow: 'Der Server ist nicht erreichbar. Neuer Versuch …',
    serverRetry: (message: string, duration: string) =>
      `${message.replace(/\.$/, '')}. Nächster Versuch in ${duration}.`,
    keepOpen:
      'Lassen Sie diese Seite offen, bis alle Dateien gespeichert sind. Andere Seiten von Aerie können Sie währenddessen ansehen.',
    ios: 'Auf iPhone und iPad hält eine Web-App an, sobald Sie zu einer anderen App wechseln oder der Bildschirm dunkel wird. Das Hochladen steht dann still und geht weiter, wenn Sie zurückkommen. Lassen Sie Aerie im Vordergrund, und bei langem Hochladen das Gerät am Strom.',
    safe: (cards: string) => `Die Karte darf gelöscht werden${cards && `: ${cards}`}`,
    safeHint: (count: number, bytes: string, project: string) =>
      `${count === 1 ? 'Die Datei ist' : `Alle ${formatNumber(count)} Dateien sind`} in ${project} gespeichert (${bytes}). Der Server hat jede mit einem signierten Beleg bestätigt, und dieser Browser hat jeden Beleg geprüft.`,
    unsafe: (cards: string) => `Löschen Sie die Karte noch nicht${cards && `: ${cards}`}`,
    unsafeRunning: (count: number) =>
      count === 0
        ? 'Wird hochgeladen.'
        : `Wird hochgeladen; ${count === 1 ? '1 Datei' : `${formatNumber(count)} Dateien`} noch nicht bestätigt.`,
    unsafeDone: (count: number) =>
      count === 1
        ? '1 Datei ist nicht bestätigt: Sie ist vielleicht nur auf der Karte.'
        : `${formatNumber(count)} Dateien sind nicht bestätigt: Sie sind vielleicht nur auf der Karte.`,
    look: 'Aufnahmen ansehen',
    receipts: 'Belege sichern',
    newList: 'Liste leeren',
    newListHint:
      'Um neu zu beginnen, leeren Sie die Liste, und wählen Sie die Karte noch einmal. Gespeicherte Dateien werden erkannt.',
    stored: 'Gespeichert',
    alreadyStored: 'Schon gespeichert',
    storedAs: (path: string) => `Schon gespeichert als ${path}`,
    failed: 'Nicht gespeichert',
    waiting: 'Wartet',
    active: 'Wird hochgeladen',
    checking: 'Wird gelesen und verschlüsselt',
    noPicture: (code: string) => noPicture.de[code] ?? '',
    failures: 'Nicht gespeichert',
    tryAgain: 'Noch einmal versuchen',
    allFiles: (count: number) => `Alle Dateien (${formatNumber(count)})`,
    pill: 'Hochladen anzeigen',
    unnamed: 'Projekt ohne Namen',
    dismissOf: (project: string) => `Ausblenden: ${project}`,
    pillRunning: (percent: string) => `Hochladen ${percent}`,
  },
});

const listingTexts = texts({
  en: {
    'listing.folder_unreadable': 'The browser cannot list this folder.',
    'listing.file_unreadable': 'The browser cannot open this file.',
    'listing.too_deep': 'Folders are nested too deep here.',
    again: 'Check the card or disk, then choose it again.',
    deeper: 'Choose this folder itself.',
  },
  de: {
    'listing.folder_unreadable': 'Der Browser kann diesen Ordner nicht auflisten.',
    'listing.file_unreadable': 'Der Browser kann diese Datei nicht öffnen.',
    'listing.too_deep': 'Ordner sind hier zu tief verschachtelt.',
    again: 'Prüfen Sie Karte oder Laufwerk, und wählen Sie es noch einmal.',
    deeper: 'Wählen Sie diesen Ordner selbst.',
  },
});

/** What happened to a file, and what to do. */
export function fileProblemText(problem: Explanation): Pick<Explanation, 'message' | 'hint'> {
  const { code } = problem;
  if (code === 'listing.too_deep') return { message: listingTexts[code], hint: listingTexts.deeper };
  if (code === 'listing.folder_unreadable' || code === 'listing.file_unreadable')
    return { message: listingTexts[code], hint: listingTexts.again };
  return problemText(problem);
}
