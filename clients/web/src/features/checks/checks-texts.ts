import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';

const media = (count: number): string => `${formatNumber(count)} media`;
const medien = (count: number): string => (count === 1 ? '1 Medium' : `${formatNumber(count)} Medien`);

export const checksTexts = texts({
  en: {
    check: 'Check the project',
    checkOf: (project: string) => (project ? `Check ${project}` : 'Check the project'),
    toProject: 'To the project',
    media,
    intro:
      'Fetches every file of the project from the server, decrypts it in this browser, and compares every octet, signature and receipt with what was signed at upload.',
    fetches: (count: number, size: string) => `${media(count)} are fetched: ${size}. Nothing of it is kept here.`,
    empty: 'There is nothing in this project to check yet.',
    keepOpen: 'Keep this page open; you may look at other pages of Aerie meanwhile.',
    begin: 'Check everything now',
    again: 'Check again',
    discard: 'Discard this result',
    running: 'Checking',
    pausing: 'Pausing …',
    paused: 'The check is paused',
    stopped: 'The check has stopped',
    pause: 'Pause',
    resume: 'Go on',
    cancel: 'Cancel the check',
    progress: 'Progress of the check',
    countOf: (done: number, all: number) => `${formatNumber(done)} of ${formatNumber(all)} media`,
    bytesOf: (done: string, all: string) => `${done} of ${all}`,
    left: (duration: string) => `about ${duration} left`,
    kept: 'What was checked so far is kept. It goes on from there.',
    allSound: 'All sound',
    allSoundMeans: (count: number) =>
      count === 1
        ? 'The one media of the project is whole, and is what its uploader signed.'
        : `All ${media(count)} are whole, and are what their uploaders signed.`,
    notSound: (count: number) => `${formatNumber(count)} not sound`,
    notSoundSoFar: (count: number) => `${formatNumber(count)} not sound so far`,
    notSoundOf: (bad: number, all: number) =>
      `${formatNumber(bad)} of ${media(all)} ${bad === 1 ? 'is' : 'are'} not what was signed, or not whole.`,
    notSoundHint: 'The others are sound. Save the report before anything is changed on the server.',
    unnamed: 'Name unknown',
    found: (checks: string) => `Found good: ${checks}`,
    manifest: 'signature',
    receipt: 'receipt',
    meta: 'description',
    original: 'file',
    pictures: 'pictures',
    report: 'Report',
    reportMeans:
      'With the fingerprint of your organization’s root, the time, and the SHA-256 and verdict of every media. It contains names of files: keep it where those may be read.',
    saveText: 'Save as text',
    saveJson: 'Save as JSON',
    limits:
      'A check says that what the server lists is sound. It cannot notice a file that the server no longer lists at all: compare the number with your receipts.',
    pill: 'Show the check',
    pillRunning: (percent: string) => `Checking ${percent}`,
  },
  de: {
    check: 'Projekt prüfen',
    checkOf: (project: string) => (project ? `${project} prüfen` : 'Projekt prüfen'),
    toProject: 'Zum Projekt',
    media: medien,
    intro:
      'Lädt jede Datei des Projekts vom Server, entschlüsselt sie in diesem Browser und vergleicht jedes Oktett, jede Signatur und jeden Beleg mit dem, was beim Hochladen signiert wurde.',
    fetches: (count: number, size: string) =>
      `Geladen ${count === 1 ? 'wird' : 'werden'} ${medien(count)}: ${size}. Nichts davon wird hier behalten.`,
    empty: 'In diesem Projekt ist noch nichts, was sich prüfen ließe.',
    keepOpen: 'Lassen Sie diese Seite offen; andere Seiten von Aerie können Sie währenddessen ansehen.',
    begin: 'Jetzt alles prüfen',
    again: 'Noch einmal prüfen',
    discard: 'Ergebnis verwerfen',
    running: 'Wird geprüft',
    pausing: 'Wird angehalten …',
    paused: 'Die Prüfung ist angehalten',
    stopped: 'Die Prüfung wurde unterbrochen',
    pause: 'Anhalten',
    resume: 'Fortfahren',
    cancel: 'Prüfung abbrechen',
    progress: 'Fortschritt der Prüfung',
    countOf: (done: number, all: number) => `${formatNumber(done)} von ${medien(all)}`,
    bytesOf: (done: string, all: string) => `${done} von ${all}`,
    left: (duration: string) => `noch etwa ${duration}`,
    kept: 'Was bisher geprüft wurde, bleibt. Von dort geht es weiter.',
    allSound: 'Alles unversehrt',
    allSoundMeans: (count: number) =>
      count === 1
        ? 'Das eine Medium des Projekts ist vollständig und das, was beim Hochladen signiert wurde.'
        : `Alle ${medien(count)} sind vollständig und das, was beim Hochladen signiert wurde.`,
    notSound: (count: number) => `${formatNumber(count)} nicht unversehrt`,
    notSoundSoFar: (count: number) => `Bisher ${formatNumber(count)} nicht unversehrt`,
    notSoundOf: (bad: number, all: number) =>
      `${formatNumber(bad)} von ${medien(all)} ${bad === 1 ? 'ist' : 'sind'} nicht das, was signiert wurde, oder nicht vollständig.`,
    notSoundHint: 'Die übrigen sind unversehrt. Sichern Sie den Bericht, bevor auf dem Server etwas geändert wird.',
    unnamed: 'Name unbekannt',
    found: (checks: string) => `Für gut befunden: ${checks}`,
    manifest: 'Signatur',
    receipt: 'Beleg',
    meta: 'Beschreibung',
    original: 'Datei',
    pictures: 'Bilder',
    report: 'Bericht',
    reportMeans:
      'Mit dem Fingerabdruck der Wurzel Ihrer Organisation, der Zeit sowie SHA-256 und Urteil zu jedem Medium. Er enthält Dateinamen: Bewahren Sie ihn dort auf, wo diese gelesen werden dürfen.',
    saveText: 'Als Text sichern',
    saveJson: 'Als JSON sichern',
    limits:
      'Eine Prüfung sagt, dass unversehrt ist, was der Server auflistet. Eine Datei, die er gar nicht mehr auflistet, kann sie nicht vermissen: Vergleichen Sie die Anzahl mit Ihren Belegen.',
    pill: 'Prüfung anzeigen',
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
    begun: 'Begun',
    ended: 'Ended',
    media: 'Media',
    complete: 'Every media that the server lists was checked.',
    incomplete: 'NOT COMPLETE: not every media was checked.',
    result: (sound: number, bad: number) => `${sound} sound, ${bad} not sound`,
    sound: 'sound',
    bad: 'NOT SOUND',
    unnamed: 'name unknown',
    digest: 'The digest is the SHA-256 of the original, as its uploader signed it; `sha256sum FILE` prints the same.',
  },
  de: {
    title: 'Prüfung eines Aerie-Projekts',
    organization: 'Organisation',
    root: 'Fingerabdruck der Wurzel',
    project: 'Projekt',
    server: 'Server',
    begun: 'Beginn',
    ended: 'Ende',
    media: 'Medien',
    complete: 'Jedes Medium, das der Server auflistet, wurde geprüft.',
    incomplete: 'NICHT VOLLSTÄNDIG: Nicht jedes Medium wurde geprüft.',
    result: (sound: number, bad: number) => `${sound} unversehrt, ${bad} nicht unversehrt`,
    sound: 'unversehrt',
    bad: 'NICHT UNVERSEHRT',
    unnamed: 'Name unbekannt',
    digest:
      'Die Prüfsumme ist das SHA-256 des Originals, wie es beim Hochladen signiert wurde; `sha256sum DATEI` gibt dasselbe aus.',
  },
});
