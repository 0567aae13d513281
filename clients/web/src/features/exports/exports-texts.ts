import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';
import { notExportedPath } from './not-exported.js';

const media = (count: number): string => `${formatNumber(count)} media`;
const medien = (count: number): string => (count === 1 ? '1 Medium' : `${formatNumber(count)} Medien`);

export const exportsTexts = texts({
  en: {
    export: 'Export the project',
    exportOf: (project: string) => (project ? `Export ${project}` : 'Export the project'),
    toProject: 'To the project',
    intro:
      'Standard OpenPGP messages, manifests, signatures, receipts and a VERIFY.md: for people, and for times, without Aerie.',
    what: 'What is in it',
    messages:
      'Each original as one OpenPGP message (RFC 9580) to your key. It stays encrypted: whoever has the export alone can read nothing.',
    manifests: 'Beside it what its uploader signed, that signature, and the receipt of the server.',
    certs: 'The certificates of your organization, its members and devices.',
    verify: 'VERIFY.md: what to type to open and check all of it with another OpenPGP program.',
    keyBefore: 'To open it you need your secret key, which is saved on ',
    keyLink: 'the page of your OpenPGP key',
    keyAfter: '.',
    fetches: (count: number, size: string) => `${media(count)} are written, about ${size}.`,
    empty: 'There is nothing in this project to export yet.',
    intoFolder: 'Export into a folder',
    folderHint: 'Choose a new, empty folder. Whatever is damaged is left out and listed; everything else is written.',
    asZip: 'Save as one zip',
    zipHint: 'One file, written as it is made. If a media turns out damaged, there is no zip.',
    running: (folder: string) => `Exporting into ${folder}`,
    stopping: 'Stopping …',
    countOf: (done: number, all: number) => `${formatNumber(done)} of ${formatNumber(all)} media`,
    bytesOf: (done: string, all: string) => `${done} of about ${all}`,
    progress: 'Progress of the export',
    keepOpen: 'Keep this page open; you may look at other pages of Aerie meanwhile.',
    stop: 'Cancel the export',
    notEmpty: (folder: string) => `There is something in ${folder} already`,
    notEmptyHint: 'Nothing was written. Make a new, empty folder for the export and choose that.',
    stopped: 'The export was canceled',
    failed: 'The export could not go on',
    keptSome: (count: number, folder: string) =>
      `${media(count)} are whole in ${folder}, the rest is missing. To export anew, choose an empty folder.`,
    done: (folder: string) => `The export is complete in ${folder}`,
    doneMeans: (count: number) =>
      `${media(count)}, each with its signature and receipt. VERIFY.md says how to open them.`,
    doneWithout: (left: number) =>
      `${left === 1 ? 'One media is' : `${formatNumber(left)} media are`} not in the export`,
    doneWithoutMeans: (count: number) =>
      `${media(count)} are there. ${notExportedPath} says which are not; check the project to learn more.`,
    zipFailedAt: (name: string, about: string) =>
      `${name} was not saved, because of ${about}. Nothing of it was kept. An export into a folder (Chrome, Edge), or with \`aerie export\`, leaves out what is damaged and goes on.`,
    zipWithout: (name: string, count: number) =>
      `${name} is saved, but ${count === 1 ? 'one media is' : `${formatNumber(count)} media are`} not in it. ${notExportedPath} in it says which, and why.`,
    unnamed: 'Name unknown',
    pill: 'Show the export',
    pillRunning: (percent: string) => `Exporting ${percent}`,
  },
  de: {
    export: 'Projekt exportieren',
    exportOf: (project: string) => (project ? `${project} exportieren` : 'Projekt exportieren'),
    toProject: 'Zum Projekt',
    intro:
      'Gewöhnliche OpenPGP-Nachrichten, Manifeste, Signaturen, Belege und eine VERIFY.md: für Menschen und Zeiten ohne Aerie.',
    what: 'Was darin ist',
    messages:
      'Jedes Original als eine OpenPGP-Nachricht (RFC 9580) an Ihren Schlüssel. Es bleibt verschlüsselt: Wer nur den Export hat, kann nichts lesen.',
    manifests: 'Daneben das beim Hochladen Signierte, die Signatur dazu und der Beleg des Servers.',
    certs: 'Die Zertifikate Ihrer Organisation, ihrer Mitglieder und Geräte.',
    verify: 'VERIFY.md: was einzugeben ist, um alles mit einem anderen OpenPGP-Programm zu öffnen und zu prüfen.',
    keyBefore: 'Zum Öffnen brauchen Sie Ihren geheimen Schlüssel; sichern können Sie ihn auf ',
    keyLink: 'der Seite Ihres OpenPGP-Schlüssels',
    keyAfter: '.',
    fetches: (count: number, size: string) =>
      `Geschrieben ${count === 1 ? 'wird' : 'werden'} ${medien(count)}, etwa ${size}.`,
    empty: 'In diesem Projekt ist noch nichts, was sich exportieren ließe.',
    intoFolder: 'In einen Ordner exportieren',
    folderHint:
      'Wählen Sie einen neuen, leeren Ordner. Beschädigtes wird ausgelassen und aufgelistet; alles andere wird geschrieben.',
    asZip: 'Als eine ZIP-Datei sichern',
    zipHint: 'Eine Datei, die beim Erzeugen geschrieben wird. Ist ein Medium beschädigt, so gibt es keine ZIP-Datei.',
    running: (folder: string) => `Export nach ${folder}`,
    stopping: 'Wird abgebrochen …',
    countOf: (done: number, all: number) => `${formatNumber(done)} von ${medien(all)}`,
    bytesOf: (done: string, all: string) => `${done} von etwa ${all}`,
    progress: 'Fortschritt des Exports',
    keepOpen: 'Lassen Sie diese Seite offen; andere Seiten von Aerie können Sie währenddessen ansehen.',
    stop: 'Export abbrechen',
    notEmpty: (folder: string) => `In ${folder} liegt schon etwas`,
    notEmptyHint:
      'Es wurde nichts geschrieben. Legen Sie für den Export einen neuen, leeren Ordner an, und wählen Sie diesen.',
    stopped: 'Der Export wurde abgebrochen',
    failed: 'Der Export konnte nicht weitergehen',
    keptSome: (count: number, folder: string) =>
      `${medien(count)} ${count === 1 ? 'liegt' : 'liegen'} vollständig in ${folder}, der Rest fehlt. Für einen neuen Export wählen Sie einen leeren Ordner.`,
    done: (folder: string) => `Der Export liegt vollständig in ${folder}`,
    doneMeans: (count: number) =>
      `${medien(count)}, jedes mit Signatur und Beleg. In VERIFY.md steht, wie sie zu öffnen sind.`,
    doneWithout: (left: number) =>
      left === 1 ? 'Ein Medium fehlt im Export' : `${formatNumber(left)} Medien fehlen im Export`,
    doneWithoutMeans: (count: number) =>
      `${medien(count)} ${count === 1 ? 'ist' : 'sind'} darin. ${notExportedPath} sagt, was fehlt; prüfen Sie das Projekt, um mehr zu erfahren.`,
    zipFailedAt: (name: string, about: string) =>
      `${name} wurde wegen ${about} nicht gespeichert. Nichts davon wurde behalten. Ein Export in einen Ordner (Chrome, Edge) oder mit \`aerie export\` lässt Beschädigtes aus und macht weiter.`,
    zipWithout: (name: string, count: number) =>
      `${name} ist gespeichert, aber ${count === 1 ? 'ein Medium fehlt' : `${formatNumber(count)} Medien fehlen`} darin. ${notExportedPath} darin sagt, was fehlt und warum.`,
    unnamed: 'Name unbekannt',
    pill: 'Export anzeigen',
    pillRunning: (percent: string) => `Export ${percent}`,
  },
});
