import { texts } from '../../platform/i18n/language.svelte.js';

/** Words about getting in with the approval of another device. */
export const offerTexts = texts({
  en: {
    uploadOnly: 'A device that only uploads',
    uploadOnlyMeans:
      'It can add footage to one project and open nothing, not even what it has sent. If it is lost or seized, nothing on the server can be read with it.',
    passphraseMeans:
      'A passphrase locks this device’s right to upload. It is asked for when Aerie opens and never leaves this device.',
    code: 'Code from the owner’s screen',
    codeHint: 'Five groups of four.',
    offer: 'Ask for approval',
    approve: 'Approve this browser on a device of yours',
    approveHow: 'Read this code with the camera of a phone where Aerie is open, or open “Devices” there and type:',
    qr: 'The same as the code in letters below, as a link for the camera of your other device',
    compare: 'The check number must be the same on both screens:',
    mismatch: 'If the other screen shows another number, approve nothing there and cancel here.',
    goodFor: 'The code is good for one device and ten minutes.',
    waiting: 'Waiting for approval …',
  },
  de: {
    uploadOnly: 'Ein Gerät, das nur hochlädt',
    uploadOnlyMeans:
      'Es kann einem Projekt Aufnahmen hinzufügen und nichts öffnen, auch nicht, was es selbst gesendet hat. Geht es verloren oder wird es beschlagnahmt, lässt sich damit nichts auf dem Server lesen.',
    passphraseMeans:
      'Eine Passphrase sperrt das Recht dieses Geräts, hochzuladen. Sie wird beim Öffnen von Aerie abgefragt und verlässt dieses Gerät nie.',
    code: 'Code vom Bildschirm des Inhabers',
    codeHint: 'Fünf Gruppen zu vier Zeichen.',
    offer: 'Freigabe anfragen',
    approve: 'Geben Sie diesen Browser auf einem Ihrer Geräte frei',
    approveHow:
      'Lesen Sie diesen Code mit der Kamera eines Telefons, auf dem Aerie offen ist, oder öffnen Sie dort „Geräte“ und geben Sie ein:',
    qr: 'Derselbe Code wie in Zeichen darunter, als Link für die Kamera Ihres anderen Geräts',
    compare: 'Die Prüfzahl muss auf beiden Bildschirmen dieselbe sein:',
    mismatch: 'Zeigt der andere Bildschirm eine andere Zahl, geben Sie dort nichts frei, und brechen Sie hier ab.',
    goodFor: 'Der Code gilt für ein Gerät und zehn Minuten.',
    waiting: 'Warten auf die Freigabe …',
  },
});
