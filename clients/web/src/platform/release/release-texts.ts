import { texts } from '../i18n/language.svelte.js';

export const releaseTexts = texts({
  en: {
    offered: 'The server has another version of this app',
    compare:
      'This browser keeps its version until you agree. Compare the checksum below with the one published for the release, or ask a colleague to run “aerie verify-web”.',
    hash: 'Checksum of the other version',
    accept: 'Accept and load it',
    later: 'Not now',
    tabs: 'All open tabs of Aerie reload; uploads continue where they were.',
    alarm: 'The server tried to change the app',
    changed: (path: string) =>
      `It sent a changed file for ${path}. The file was not used: this page is still the version you know.`,
    act: 'Close Aerie in this browser, do not enter your passphrase, and tell the operator of the server. “aerie verify-web” shows what differs.',
  },
  de: {
    offered: 'Auf dem Server liegt eine andere Version dieser App',
    compare:
      'Dieser Browser bleibt bei seiner Version, bis Sie zustimmen. Vergleichen Sie die Prüfsumme mit der veröffentlichten, oder lassen Sie jemanden „aerie verify-web“ ausführen.',
    hash: 'Prüfsumme der anderen Version',
    accept: 'Zustimmen und laden',
    later: 'Nicht jetzt',
    tabs: 'Alle offenen Tabs von Aerie werden neu geladen; Uploads werden fortgesetzt, wo sie standen.',
    alarm: 'Der Server hat versucht, die App zu verändern',
    changed: (path: string) =>
      `Er hat für ${path} eine veränderte Datei gesendet. Sie wurde nicht verwendet: Diese Seite ist noch die Version, die Sie kennen.`,
    act: 'Schließen Sie Aerie in diesem Browser, geben Sie Ihre Passphrase nicht ein, und benachrichtigen Sie den Betreiber des Servers. „aerie verify-web“ zeigt, was abweicht.',
  },
});
