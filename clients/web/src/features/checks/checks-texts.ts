import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';

const files = (count: number): string => (count === 1 ? '1 file' : `${formatNumber(count)} files`);
const dateien = (count: number): string => (count === 1 ? '1 Datei' : `${formatNumber(count)} Dateien`);

export const checksTexts = texts({
  en: {
    check: 'Check the project',
    checkOf: (project: string) => (project ? `Check ${project}` : 'Check the project'),
    toProject: 'To the project',
    intro:
      'Downloads every file of the project, decrypts it in this browser, and compares its content, signature and receipt with what was signed at upload.',
    fetches: (count: number, size: string) =>
      `${files(count)} will be downloaded: ${size}. Nothing is kept in this browser.`,
    empty: 'There are no files in this project yet.',
    keepOpen: 'Keep this page open. You can use other pages of Aerie meanwhile.',
    begin: 'Check everything now',
    again: 'Check again',
    discard: 'Dismiss this result',
    running: 'Checking',
    pausing: 'Pausing …',
    paused: 'The check is paused',
    stopped: 'The check has stopped',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel the check',
    progress: 'Progress of the check',
    countOf: (done: number, all: number) => `${formatNumber(done)} of ${files(all)}`,
    bytesOf: (done: string, all: string) => `${done} of ${all}`,
    left: (duration: string) => `about ${duration} left`,
    kept: 'What was checked so far is kept. Resume to continue from there.',
    allSound: (count: number) => (count === 1 ? 'The file is verified' : `All ${files(count)} verified`),
    allSoundMeans: (count: number) =>
      count === 1
        ? 'It is complete and exactly what its uploader signed.'
        : 'Each is complete and exactly what its uploader signed.',
    notSound: (count: number) => `${files(count)} failed the check`,
    notSoundSoFar: (count: number) => `${files(count)} failed the check so far`,
    notSoundOf: (bad: number, all: number) =>
      `${formatNumber(bad)} of ${files(all)} ${bad === 1 ? 'is' : 'are'} damaged, incomplete or not what was signed.`,
    notSoundHint: 'All other files are verified. Save the report before anything is changed on the server.',
    unnamed: 'Name unknown',
    found: (checks: string) => `Verified: ${checks}`,
    manifest: 'signature',
    receipt: 'receipt',
    meta: 'name and details',
    original: 'file',
    pictures: 'previews',
    report: 'Report',
    reportMeans:
      'It states the fingerprint of your organization, the time, and the SHA-256 and result of each file. It contains file names: store it only where those may be read.',
    saveText: 'Save as text',
    saveJson: 'Save as JSON',
    limits:
      'The check covers every file the server lists. It cannot notice a file that the server no longer lists: compare the number of files with your receipts.',
    pill: 'Show the check',
    dismissOf: (project: string) => `Dismiss: ${project}`,
    pillRunning: (percent: string) => `Checking ${percent}`,
  },
  de: {
    check: 'Projekt prüfen',
    checkOf: (project: string) => (project ? `${project} prüfen` : 'Projekt prüfen'),
    toProject: 'Zum Projekt',
    intro:
      'Lädt jede Datei des Projekts vom Server, entschlüsselt sie in diesem Browser und vergleicht Inhalt, Signatur und Beleg mit dem, was beim Hochladen signiert wurde.',
    fetches: (count: number, size: string) =>
      `Geladen ${count === 1 ? 'wird' : 'werden'} ${dateien(count)}: ${size}. Nichts davon bleibt in diesem Browser.`,
    empty: 'In diesem Projekt sind noch keine Dateien.',
    keepOpen: 'Lassen Sie diese Seite offen; andere Seiten von Aerie können Sie währenddessen ansehen.',
    begin: 'Jetzt alles prüfen',
    again: 'Noch einmal prüfen',
    discard: 'Ergebnis verwerfen',
    running: 'Wird geprüft',
    pausing: 'Wird angehalten …',
    paused: 'Die Prüfung ist angehalten',
    stopped: 'Die Prüfung wurde unterbrochen',
    pause: 'Anhalten',
    resume: 'Fortsetzen',
    cancel: 'Prüfung abbrechen',
    progress: 'Fortschritt der Prüfung',
    countOf: (done: number, all: number) => `${formatNumber(done)} von ${dateien(all)}`,
    bytesOf: (done: string, all: string) => `${done} von ${all}`,
    left: (duration: string) => `noch etwa ${duration}`,
    kept: 'Was bisher geprüft wurde, bleibt. Beim Fortsetzen geht es dort weiter.',
    allSound: (count: number) => (count === 1 ? 'Die Datei ist unversehrt' : `Alle ${dateien(count)} sind unversehrt`),
    allSoundMeans: (count: number) =>
      count === 1
        ? 'Sie ist vollständig und genau das, was beim Hochladen signiert wurde.'
        : 'Jede ist vollständig und genau das, was beim Hochladen signiert wurde.',
    notSound: (count: number) => `${dateien(count)} nicht in Ordnung`,
    notSoundSoFar: (count: number) => `Bisher ${dateien(count)} nicht in Ordnung`,
    notSoundOf: (bad: number, all: number) =>
      `${formatNumber(bad)} von ${dateien(all)} ${bad === 1 ? 'ist' : 'sind'} beschädigt, unvollständig oder nicht das, was signiert wurde.`,
    notSoundHint:
      'Alle übrigen Dateien sind unversehrt. Sichern Sie den Bericht, bevor auf dem Server etwas geändert wird.',
    unnamed: 'Name unbekannt',
    found: (checks: string) => `In Ordnung: ${checks}`,
    manifest: 'Signatur',
    receipt: 'Beleg',
    meta: 'Name und Angaben',
    original: 'Datei',
    pictures: 'Vorschaubilder',
    report: 'Bericht',
    reportMeans:
      'Er nennt den Fingerabdruck Ihrer Organisation, die Zeit sowie SHA-256 und Ergebnis zu jeder Datei. Er enthält Dateinamen: Bewahren Sie ihn dort auf, wo diese gelesen werden dürfen.',
    saveText: 'Als Text sichern',
    saveJson: 'Als JSON sichern',
    limits:
      'Geprüft wird jede Datei, die der Server auflistet. Eine Datei, die er nicht mehr auflistet, kann nicht bemerkt werden: Vergleichen Sie die Anzahl mit Ihren Belegen.',
    pill: 'Prüfung anzeigen',
    dismissOf: (project: string) => `Ausblenden: ${project}`,
    pillRunning: (percent: string) => `Prüfung ${percent}`,
  },
});

export const reportTexts = texts({
  en: {
    title: 'Check of an Aerie project',
    organization: 'Organization',
    root: 'Root fingerprint',
    project: 'Project',
    server: 'Server',
    begun: 'Started',
    ended: 'Ended',
    media: 'Files',
    complete: 'Every file that the server lists was checked.',
    incomplete: 'NOT COMPLETE: some files were not checked.',
    result: (sound: number, bad: number) => `${sound} verified, ${bad} failed`,
    sound: 'verified',
    bad: 'FAILED',
    unnamed: 'name unknown',
    also: 'also stored as',
    digest:
      'The checksum is the SHA-256 of the original file, as its uploader signed it; `sha256sum FILE` prints the same.',
  },
  de: {
    title: 'Prüfung eines Aerie-Projekts',
    organization: 'Organisation',
    root: 'Fingerabdruck der Wurzel',
    project: 'Projekt',
    server: 'Server',
    begun: 'Beginn',
    ended: 'Ende',
    media: 'Dateien',
    complete: 'Jede Datei, die der Server auflistet, wurde geprüft.',
    incomplete: 'NICHT VOLLSTÄNDIG: Einige Dateien wurden nicht geprüft.',
    result: (sound: number, bad: number) => `${sound} unversehrt, ${bad} nicht in Ordnung`,
    sound: 'unversehrt',
    bad: 'NICHT IN ORDNUNG',
    unnamed: 'Name unbekannt',
    also: 'auch gespeichert als',
    digest:
      'Die Prüfsumme ist das SHA-256 des Originals, wie es beim Hochladen signiert wurde; `sha256sum DATEI` gibt dasselbe aus.',
  },
});
