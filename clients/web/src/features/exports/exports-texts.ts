import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';
import { notExportedPath } from './not-exported.js';

const files = (count: number): string => (count === 1 ? '1 file' : `${formatNumber(count)} files`);
const dateien = (count: number): string => (count === 1 ? '1 Datei' : `${formatNumber(count)} Dateien`);

export const exportsTexts = texts({
  en: {
    export: 'Export the project',
    exportOf: (project: string) => (project ? `Export ${project}` : 'Export the project'),
    toProject: 'To the project',
    intro:
      'Your files in a standard format (OpenPGP), with signatures, receipts and instructions: they can be opened and checked without Aerie.',
    what: 'What is in it',
    messages:
      'Each original file, encrypted to your key (OpenPGP, RFC 9580). Without your key, the export cannot be read.',
    manifests: 'For each file, what its uploader signed, the signature, and the receipt of the server.',
    certs: 'The certificates of your organization, its members and devices.',
    verify: 'VERIFY.md: what to type to open and check all of it with another OpenPGP program.',
    keyBefore: 'To open the files you need your secret key. Save it on ',
    keyLink: 'the page of your OpenPGP key',
    keyAfter: '.',
    fetches: (count: number, size: string) => `${files(count)} will be written, about ${size}.`,
    empty: 'There are no files in this project yet.',
    intoFolder: 'Export into a folder',
    folderHint: 'Choose a new, empty folder. Damaged files are left out and listed; all others are written.',
    asZip: 'Save as one zip',
    zipHint: 'One file. If any file in the project is damaged, no zip is made.',
    running: (folder: string) => `Exporting into ${folder}`,
    stopping: 'Stopping …',
    countOf: (done: number, all: number) => `${formatNumber(done)} of ${files(all)}`,
    bytesOf: (done: string, all: string) => `${done} of about ${all}`,
    progress: 'Progress of the export',
    keepOpen: 'Keep this page open. You can use other pages of Aerie meanwhile.',
    stop: 'Cancel the export',
    notEmpty: (folder: string) => `The folder ${folder} is not empty`,
    notEmptyHint: 'Nothing was written. Make a new, empty folder for the export and choose that.',
    stopped: 'The export was canceled',
    failed: 'The export failed',
    keptSome: (count: number, folder: string) =>
      `${files(count)} ${count === 1 ? 'is' : 'are'} complete in ${folder}; the others are missing. To export again, choose an empty folder.`,
    done: (folder: string) => `The export is complete in ${folder}`,
    doneMeans: (count: number) =>
      `${files(count)}, each with its signature and receipt. VERIFY.md says how to open them.`,
    doneWithout: (left: number) => `${left === 1 ? 'One file is' : `${files(left)} are`} not in the export`,
    doneWithoutMeans: (count: number) =>
      `${files(count)} ${count === 1 ? 'is' : 'are'} there. ${notExportedPath} lists the others; check the project to learn more.`,
    zipFailedAt: (name: string, about: string) =>
      `${name} was not saved, because ${about} failed. An export into a folder (Chrome, Edge), or with \`aerie export\`, leaves out damaged files and continues.`,
    zipWithout: (name: string, count: number) =>
      `${name} is saved, but ${count === 1 ? 'one file is' : `${files(count)} are`} not in it. ${notExportedPath} in it says which, and why.`,
    unnamed: 'Name unknown',
    pill: 'Show the export',
    pillRunning: (percent: string) => `Exporting ${percent}`,
  },
  de: {
    export: 'Projekt exportieren',
    exportOf: (project: string) => (project ? `${project} exportieren` : 'Projekt exportieren'),
    toProject: 'Zum Projekt',
    intro:
      'Ihre Dateien in einem gebräuchlichen Format (OpenPGP), mit Signaturen, Belegen und Anleitung: Sie lassen sich ohne Aerie öffnen und prüfen.',
    what: 'Was darin ist',
    messages:
      'Jede Originaldatei, verschlüsselt für Ihren Schlüssel (OpenPGP, RFC 9580). Ohne Ihren Schlüssel ist der Export nicht lesbar.',
    manifests: 'Zu jeder Datei, was beim Hochladen signiert wurde, die Signatur und der Beleg des Servers.',
    certs: 'Die Zertifikate Ihrer Organisation, ihrer Mitglieder und Geräte.',
    verify: 'VERIFY.md: was einzugeben ist, um alles mit einem anderen OpenPGP-Programm zu öffnen und zu prüfen.',
    keyBefore: 'Zum Öffnen brauchen Sie Ihren geheimen Schlüssel; sichern können Sie ihn auf ',
    keyLink: 'der Seite Ihres OpenPGP-Schlüssels',
    keyAfter: '.',
    fetches: (count: number, size: string) =>
      `Geschrieben ${count === 1 ? 'wird' : 'werden'} ${dateien(count)}, etwa ${size}.`,
    empty: 'In diesem Projekt sind noch keine Dateien.',
    intoFolder: 'In einen Ordner exportieren',
    folderHint:
      'Wählen Sie einen neuen, leeren Ordner. Beschädigte Dateien werden ausgelassen und aufgelistet; alle anderen werden geschrieben.',
    asZip: 'Als eine ZIP-Datei sichern',
    zipHint: 'Eine einzige Datei. Ist eine Datei des Projekts beschädigt, entsteht keine ZIP-Datei.',
    running: (folder: string) => `Export nach ${folder}`,
    stopping: 'Wird abgebrochen …',
    countOf: (done: number, all: number) => `${formatNumber(done)} von ${dateien(all)}`,
    bytesOf: (done: string, all: string) => `${done} von etwa ${all}`,
    progress: 'Fortschritt des Exports',
    keepOpen: 'Lassen Sie diese Seite offen; andere Seiten von Aerie können Sie währenddessen ansehen.',
    stop: 'Export abbrechen',
    notEmpty: (folder: string) => `Der Ordner ${folder} ist nicht leer`,
    notEmptyHint:
      'Es wurde nichts geschrieben. Legen Sie für den Export einen neuen, leeren Ordner an, und wählen Sie diesen.',
    stopped: 'Der Export wurde abgebrochen',
    failed: 'Der Export ist fehlgeschlagen',
    keptSome: (count: number, folder: string) =>
      `${dateien(count)} ${count === 1 ? 'liegt' : 'liegen'} vollständig in ${folder}, der Rest fehlt. Für einen neuen Export wählen Sie einen leeren Ordner.`,
    done: (folder: string) => `Der Export liegt vollständig in ${folder}`,
    doneMeans: (count: number) =>
      `${dateien(count)}, jede mit Signatur und Beleg. In VERIFY.md steht, wie sie zu öffnen sind.`,
    doneWithout: (left: number) => (left === 1 ? 'Eine Datei fehlt im Export' : `${dateien(left)} fehlen im Export`),
    doneWithoutMeans: (count: number) =>
      `${dateien(count)} ${count === 1 ? 'ist' : 'sind'} darin. ${notExportedPath} sagt, was fehlt; prüfen Sie das Projekt, um mehr zu erfahren.`,
    zipFailedAt: (name: string, about: string) =>
      `${name} wurde wegen ${about} nicht gespeichert. Ein Export in einen Ordner (Chrome, Edge) oder mit \`aerie export\` lässt beschädigte Dateien aus und macht weiter.`,
    zipWithout: (name: string, count: number) =>
      `${name} ist gespeichert, aber ${count === 1 ? 'eine Datei fehlt' : `${dateien(count)} fehlen`} darin. ${notExportedPath} darin sagt, was fehlt und warum.`,
    unnamed: 'Name unbekannt',
    pill: 'Export anzeigen',
    pillRunning: (percent: string) => `Export ${percent}`,
  },
});
