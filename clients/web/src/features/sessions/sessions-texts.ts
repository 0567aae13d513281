import { texts } from '../../platform/i18n/language.svelte.js';

export const sessionsTexts = texts({
  en: {
    sessions: 'Sessions',
    intro:
      'A session is a log-in that is still good. It lets a device ask for sealed data; opening anything takes the keys on the device.',
    device: 'Device',
    since: 'Since',
    lastUsed: 'Last used',
    expires: 'Expires',
    action: 'Action',
    thisOne: 'This browser, now',
    unknown: 'A device that nobody certified',
    end: 'End',
    endOne: (device: string, since: string) => `End the session of ${device} since ${since}`,
    ended: (device: string) => `The session of ${device} has ended.`,
    endOthers: (count: number) => (count === 1 ? 'End my other session' : `End my ${count} other sessions`),
    endedOthers: (count: number) =>
      count === 1 ? 'Your other session has ended.' : `Your ${count} other sessions have ended.`,
    none: 'No other session is open.',
    again: 'The device can log in again with its key. To lock it out,',
    againLink: 'revoke the device',
    renderer: 'Renderer',
    uploadOnly: 'only adds',
  },
  de: {
    sessions: 'Sitzungen',
    intro:
      'Eine Sitzung ist eine Anmeldung, die noch gilt. Mit ihr darf ein Gerät verschlüsselte Daten abrufen; zum Öffnen braucht es die Schlüssel auf dem Gerät.',
    device: 'Gerät',
    since: 'Seit',
    lastUsed: 'Zuletzt benutzt',
    expires: 'Läuft ab',
    action: 'Aktion',
    thisOne: 'Dieser Browser, jetzt',
    unknown: 'Ein Gerät, das niemand beglaubigt hat',
    end: 'Beenden',
    endOne: (device: string, since: string) => `Sitzung von ${device} seit ${since} beenden`,
    ended: (device: string) => `Die Sitzung von ${device} ist beendet.`,
    endOthers: (count: number) =>
      count === 1 ? 'Meine andere Sitzung beenden' : `Meine ${count} anderen Sitzungen beenden`,
    endedOthers: (count: number) =>
      count === 1 ? 'Ihre andere Sitzung ist beendet.' : `Ihre ${count} anderen Sitzungen sind beendet.`,
    none: 'Keine andere Sitzung ist offen.',
    again: 'Das Gerät kann sich mit seinem Schlüssel wieder anmelden. Um es auszusperren,',
    againLink: 'widerrufen Sie das Gerät',
    renderer: 'Renderer',
    uploadOnly: 'fügt nur hinzu',
  },
});
