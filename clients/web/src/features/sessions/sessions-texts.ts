import { texts } from '../../platform/i18n/language.svelte.js';

export const sessionsTexts = texts({
  en: {
    sessions: 'Active sign-ins',
    intro:
      'Each sign-in lets a device fetch encrypted data from the server. To open anything, the device also needs its keys.',
    device: 'Device',
    since: 'Since',
    lastUsed: 'Last used',
    expires: 'Expires',
    action: 'Action',
    thisOne: 'This browser, now',
    unknown: 'Unknown device',
    end: 'End',
    endOne: (device: string, since: string) => `End the sign-in of ${device} since ${since}`,
    ended: (device: string) => `The sign-in of ${device} has ended.`,
    endOthers: (count: number) => (count === 1 ? 'End my other sign-in' : `End my ${count} other sign-ins`),
    endedOthers: (count: number) =>
      count === 1 ? 'Your other sign-in has ended.' : `Your ${count} other sign-ins have ended.`,
    none: 'No other sign-ins.',
    again: 'The device can sign in again with its key. To lock it out,',
    againLink: 'revoke the device',
    renderer: 'Renderer',
    uploadOnly: 'upload only',
  },
  de: {
    sessions: 'Aktive Anmeldungen',
    intro:
      'Mit jeder Anmeldung darf ein Gerät verschlüsselte Daten vom Server abrufen. Zum Öffnen braucht es außerdem seine Schlüssel.',
    device: 'Gerät',
    since: 'Seit',
    lastUsed: 'Zuletzt benutzt',
    expires: 'Läuft ab',
    action: 'Aktion',
    thisOne: 'Dieser Browser, jetzt',
    unknown: 'Unbekanntes Gerät',
    end: 'Beenden',
    endOne: (device: string, since: string) => `Anmeldung von ${device} seit ${since} beenden`,
    ended: (device: string) => `Die Anmeldung von ${device} ist beendet.`,
    endOthers: (count: number) =>
      count === 1 ? 'Meine andere Anmeldung beenden' : `Meine ${count} anderen Anmeldungen beenden`,
    endedOthers: (count: number) =>
      count === 1 ? 'Ihre andere Anmeldung ist beendet.' : `Ihre ${count} anderen Anmeldungen sind beendet.`,
    none: 'Keine anderen Anmeldungen.',
    again: 'Das Gerät kann sich mit seinem Schlüssel wieder anmelden. Um es auszusperren,',
    againLink: 'widerrufen Sie das Gerät',
    renderer: 'Renderer',
    uploadOnly: 'nur Hochladen',
  },
});
