import { texts } from '../i18n/language.svelte.js';

export const releaseTexts = texts({
  en: {
    offered: 'Another version of this app is on the server',
    compare:
      'This browser keeps to the version it has until you agree. Compare the hash below with the one published for the release, or ask a colleague to run “aerie verify-web”.',
    hash: 'Hash of the other version',
    accept: 'Accept and load it',
    later: 'Not now',
    tabs: 'All open tabs of Aerie are loaded anew; uploads go on from where they were.',
    alarm: 'The server tried to change the app',
    changed: (path: string) =>
      `What it sends for ${path} is not what that name stands for. Nothing of it was taken: this page is still the version you know.`,
    act: 'Close Aerie in this browser, do not enter your passphrase, and tell whoever runs the server. “aerie verify-web” shows what differs.',
  },
  de: {
    offered: 'Auf dem Server liegt eine andere Version dieser App',
    compare:
      'Dieser Browser bleibt bei seiner Version, bis Sie zustimmen. Vergleichen Sie den Hash mit dem veröffentlichten, oder lassen Sie jemanden „aerie verify-web“ ausführen.',
    hash: 'Hash der anderen Version',
    accept: 'Zustimmen und laden',
    later: 'Nicht jetzt',
    tabs: 'Alle offenen Tabs von Aerie werden neu geladen; Uploads werden fortgesetzt, wo sie standen.',
    alarm: 'Der Server hat versucht, die App zu verändern',
    changed: (path: string) =>
      `Was er für ${path} sendet, ist nicht das, wofür dieser Name steht. Nichts davon wurde übernommen: Diese Seite ist noch die Version, die Sie kennen.`,
    act: 'Schließen Sie Aerie in diesem Browser, geben Sie Ihre Passphrase nicht ein, und benachrichtigen Sie den Betreiber des Servers. „aerie verify-web“ zeigt, was abweicht.',
  },
});
