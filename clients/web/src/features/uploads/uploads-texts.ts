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
    dropHint:
      'Folders, cards and single files, as many as you like. Everything is encrypted in this browser before it leaves.',
    dropHintPhone: 'Everything is encrypted on this device before it leaves.',
    chooseFolder: 'Choose a folder',
    chooseFiles: 'Choose files',
    choosePictures: 'Photos and videos',
    takePhoto: 'Take a photo',
    takeVideo: 'Record a video',
    unfinished: 'An upload to this project was not finished',
    unfinishedHint:
      'Drop or choose the same folder again. What has arrived is recognized, and a large file goes on where it stopped.',
    goOn: (folder: string) => `Go on with ${folder}`,
    dismiss: 'Not any more',
    // Phases
    running: 'Uploading',
    listing: 'Looking through the folders',
    pausing: 'Pausing …',
    paused: 'Paused',
    pausedHint: 'What has arrived is kept. Closed this page? Choose the same files again, and it goes on from there.',
    offline: 'Waiting for the network',
    stopped: 'The upload has stopped',
    done: 'All stored',
    doneFailed: (count: number) =>
      `Finished, but ${count === 1 ? 'one file was' : `${formatNumber(count)} files were`} not stored`,
    nothingFound: 'No files were found there',
    pause: 'Pause',
    resume: 'Go on',
    tryNow: 'Try now',
    progress: 'Progress of all files',
    progressOf: (name: string) => `Progress of ${name}`,
    amounts: (done: string, all: string) => `${done} of ${all}`,
    speed: (bytes: string) => `${bytes} a second`,
    left: (duration: string) => `about ${duration} left`,
    retryIn: (duration: string) => `The network is not there. Tries again in ${duration}.`,
    retryNow: 'The network is not there. Trying again …',
    serverRetry: (message: string, duration: string) => `${message}. Tries again in ${duration}.`,
    keepOpen: 'Keep this page open until everything is stored. You may look at other pages of Aerie meanwhile.',
    ios: 'On an iPhone or iPad, a web app stops working as soon as you switch to another app or the screen goes dark. The upload then stands still and goes on when you come back. Keep Aerie in front, and the device on power for long uploads.',
    // Outcomes
    safe: 'Safe to erase the card',
    safeHint: (count: number, bytes: string) =>
      `The server has given a receipt for each of the ${count === 1 ? 'files' : `${formatNumber(count)} files`} you chose (${bytes}), and every receipt was checked.`,
    unsafe: 'Do not erase the card yet',
    unsafeRunning: 'Not every file is stored for certain.',
    unsafeDone: (count: number) =>
      count === 1
        ? 'One file has no receipt: it is on the card only.'
        : `${formatNumber(count)} files have no receipt: they are on the card only.`,
    look: 'Look at the footage',
    receipts: 'Save the receipts',
    newList: 'Empty this list',
    newListHint: 'To start afresh, empty this list and choose the card again: what is stored is recognized.',
    stored: 'Stored',
    alreadyStored: 'Already stored',
    failed: 'Not stored',
    waiting: 'Waiting',
    active: 'Under way',
    checking: 'Being read and encrypted',
    noPicture: (code: string) => noPicture.en[code] ?? '',
    failures: 'Not stored',
    tryAgain: 'Try these again',
    allFiles: (count: number) => `All files (${formatNumber(count)})`,
    // The pill
    pill: 'Show the upload',
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
      'Ordner, Karten und einzelne Dateien, so viele Sie möchten. Alles wird in diesem Browser verschlüsselt, bevor es ihn verlässt.',
    dropHintPhone: 'Alles wird auf diesem Gerät verschlüsselt, bevor es das Gerät verlässt.',
    chooseFolder: 'Ordner wählen',
    chooseFiles: 'Dateien wählen',
    choosePictures: 'Fotos und Videos',
    takePhoto: 'Foto aufnehmen',
    takeVideo: 'Video aufnehmen',
    unfinished: 'Ein Hochladen in dieses Projekt wurde nicht beendet',
    unfinishedHint:
      'Ziehen Sie denselben Ordner hierher, oder wählen Sie ihn noch einmal. Angekommenes wird erkannt, und eine große Datei geht dort weiter, wo sie stehen blieb.',
    goOn: (folder: string) => `Mit ${folder} fortfahren`,
    dismiss: 'Nicht mehr',
    running: 'Wird hochgeladen',
    listing: 'Die Ordner werden durchgesehen',
    pausing: 'Wird angehalten …',
    paused: 'Angehalten',
    pausedHint:
      'Angekommenes bleibt erhalten. Seite geschlossen? Wählen Sie dieselben Dateien noch einmal, dann geht es dort weiter.',
    offline: 'Wartet auf das Netz',
    stopped: 'Das Hochladen wurde abgebrochen',
    done: 'Alles gespeichert',
    doneFailed: (count: number) =>
      `Beendet, aber ${count === 1 ? 'eine Datei wurde' : `${formatNumber(count)} Dateien wurden`} nicht gespeichert`,
    nothingFound: 'Dort wurden keine Dateien gefunden',
    pause: 'Anhalten',
    resume: 'Fortfahren',
    tryNow: 'Jetzt versuchen',
    progress: 'Fortschritt aller Dateien',
    progressOf: (name: string) => `Fortschritt von ${name}`,
    amounts: (done: string, all: string) => `${done} von ${all}`,
    speed: (bytes: string) => `${bytes} pro Sekunde`,
    left: (duration: string) => `noch etwa ${duration}`,
    retryIn: (duration: string) => `Das Netz ist nicht erreichbar. Nächster Versuch in ${duration}.`,
    retryNow: 'Das Netz ist nicht erreichbar. Neuer Versuch …',
    serverRetry: (message: string, duration: string) => `${message}. Nächster Versuch in ${duration}.`,
    keepOpen:
      'Lassen Sie diese Seite offen, bis alles gespeichert ist. Andere Seiten von Aerie können Sie währenddessen ansehen.',
    ios: 'Auf iPhone und iPad hält eine Web-App an, sobald Sie zu einer anderen App wechseln oder der Bildschirm dunkel wird. Das Hochladen steht dann still und geht weiter, wenn Sie zurückkommen. Lassen Sie Aerie im Vordergrund, und bei langem Hochladen das Gerät am Strom.',
    safe: 'Die Karte darf gelöscht werden',
    safeHint: (count: number, bytes: string) =>
      `Der Server hat für jede der ${count === 1 ? 'gewählten Dateien' : `${formatNumber(count)} gewählten Dateien`} einen Beleg gegeben (${bytes}), und jeder Beleg wurde geprüft.`,
    unsafe: 'Löschen Sie die Karte noch nicht',
    unsafeRunning: 'Noch ist nicht jede Datei sicher gespeichert.',
    unsafeDone: (count: number) =>
      count === 1
        ? 'Eine Datei hat keinen Beleg: Sie ist nur auf der Karte.'
        : `${formatNumber(count)} Dateien haben keinen Beleg: Sie sind nur auf der Karte.`,
    look: 'Aufnahmen ansehen',
    receipts: 'Belege sichern',
    newList: 'Liste leeren',
    newListHint:
      'Für einen neuen Anfang leeren Sie die Liste und wählen die Karte noch einmal: Gespeichertes wird erkannt.',
    stored: 'Gespeichert',
    alreadyStored: 'Schon gespeichert',
    failed: 'Nicht gespeichert',
    waiting: 'Wartet',
    active: 'In Arbeit',
    checking: 'Wird gelesen und verschlüsselt',
    noPicture: (code: string) => noPicture.de[code] ?? '',
    failures: 'Nicht gespeichert',
    tryAgain: 'Diese noch einmal versuchen',
    allFiles: (count: number) => `Alle Dateien (${formatNumber(count)})`,
    pill: 'Hochladen anzeigen',
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
