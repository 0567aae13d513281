import { texts } from '../../platform/i18n/language.svelte.js';

/** Words about getting in with the approval of another device. */
export const offerTexts = texts({
  en: {
    uploadOnly: 'A device that only uploads',
    uploadOnlyMeans:
      'It can upload files to one project but cannot open any, not even its own. If it is lost or seized, it gives no access to stored files.',
    passphraseMeans:
      'A passphrase protects uploads from this device. You type it when you open Aerie; it is never sent.',
    code: 'Code from the owner’s screen',
    codeHint: 'Five groups of four.',
    offer: 'Ask for approval',
    approve: 'Approve this browser on a device of yours',
    approveHow: 'Read this code with the camera of a phone where Aerie is open, or open “Devices” there and type:',
    qr: 'The code below as a link, for the camera of your other device',
    compare: 'The check number must be the same on both screens:',
    mismatch: 'If the numbers differ, someone may be intercepting this: reject it there and cancel here.',
    goodFor: 'The code works for one device, for ten minutes.',
    waiting: 'Waiting for approval …',
  },
  de: {
    uploadOnly: 'Ein Gerät, das nur hochlädt',
    uploadOnlyMeans:
      'Es kann Dateien in ein Projekt hochladen, aber keine öffnen, auch nicht die eigenen. Geht es verloren oder wird es beschlagnahmt, gibt es keinen Zugang zu gespeicherten Dateien.',
    passphraseMeans:
      'Eine Passphrase schützt das Hochladen von diesem Gerät. Sie geben sie beim Öffnen von Aerie ein; gesendet wird sie nie.',
    code: 'Code vom Bildschirm des Inhabers',
    codeHint: 'Fünf Gruppen zu vier Zeichen.',
    offer: 'Freigabe anfragen',
    approve: 'Geben Sie diesen Browser auf einem Ihrer Geräte frei',
    approveHow:
      'Lesen Sie diesen Code mit der Kamera eines Telefons, auf dem Aerie offen ist, oder öffnen Sie dort „Geräte“ und geben Sie ein:',
    qr: 'Der Code darunter als Link, für die Kamera Ihres anderen Geräts',
    compare: 'Die Prüfzahl muss auf beiden Bildschirmen dieselbe sein:',
    mismatch:
      'Stimmen die Zahlen nicht überein, hört vielleicht jemand mit: Lehnen Sie dort ab, und brechen Sie hier ab.',
    goodFor: 'Der Code gilt für ein Gerät und zehn Minuten.',
    waiting: 'Warten auf die Freigabe …',
  },
});
