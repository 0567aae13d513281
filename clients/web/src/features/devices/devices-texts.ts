import { texts } from '../../platform/i18n/language.svelte.js';

export const devicesTexts = texts({
  en: {
    devices: 'Devices',
    title: 'People and devices',
    intro:
      'Each person has devices, each with a key of its own. The list is checked against the signatures of this organization: the server cannot add a device to it.',
    owner: 'Owner',
    member: 'Member',
    you: 'you',
    enroll: 'Enroll a phone or controller',
    approve: 'Approve another browser',
    full: 'Reads and adds everything this person can',
    uploadOnly: 'Only adds; reads nothing',
    renderer: 'Renderer: sees one small picture of each photo in the projects that name it',
    addsTo: (name: string) => `Only adds to “${name}”; reads nothing`,
    thisBrowser: 'This browser',
    enrolled: 'Enrolled',
    expires: 'Good until',
    expired: 'Ran out',
    revoked: 'Revoked',
    fingerprint: 'Fingerprint',
    showFingerprint: (label: string) => `Show the whole fingerprint of ${label}`,
    gone: (count: number) =>
      count === 1 ? '1 device that is revoked or ran out' : `${count} devices that are revoked or ran out`,
    revoke: 'Revoke',
    revokeOne: (label: string) => `Revoke ${label}`,
    revokeTitle: (label: string) => `Revoke “${label}”?`,
    revokeDoes:
      'From now on it can add nothing and fetch nothing. Uploads it has under way stop; what was acknowledged stays. This cannot be undone: the device would have to be enrolled again.',
    revokeFull:
      'What it has downloaded stays on it, and it holds your key. If it is in the wrong hands, take what you could read as read: keys cannot be rotated in this version.',
    revokeUploadOnly:
      'It never had a key to read with, so nothing it has sent is at risk. Files still on its card or disk stay there.',
    revokeRenderer:
      'Pictures it has made stay. Projects with assisted previews get no new ones until another renderer is signed in for a new project.',
    revokeThis: 'This is the browser you are using. You will not get back in with it.',
    reason: 'Reason (optional)',
    reasonHint: 'Signed with the revocation. The server and all members can read it.',
    revokedNow: (label: string) => `${label} is revoked.`,
  },
  de: {
    devices: 'Geräte',
    title: 'Personen und Geräte',
    intro:
      'Jede Person hat Geräte, jedes mit einem eigenen Schlüssel. Die Liste wird an den Signaturen dieser Organisation geprüft: Der Server kann ihr kein Gerät hinzufügen.',
    owner: 'Inhaber',
    member: 'Mitglied',
    you: 'Sie',
    enroll: 'Telefon oder Fernsteuerung anmelden',
    approve: 'Anderen Browser freigeben',
    full: 'Liest und ergänzt alles, was diese Person darf',
    uploadOnly: 'Fügt nur hinzu; liest nichts',
    renderer: 'Renderer: sieht ein kleines Bild jedes Fotos in den Projekten, die ihn nennen',
    addsTo: (name: string) => `Fügt nur zu „${name}“ hinzu; liest nichts`,
    thisBrowser: 'Dieser Browser',
    enrolled: 'Angemeldet',
    expires: 'Gültig bis',
    expired: 'Abgelaufen',
    revoked: 'Widerrufen',
    fingerprint: 'Fingerabdruck',
    showFingerprint: (label: string) => `Ganzen Fingerabdruck von ${label} zeigen`,
    gone: (count: number) =>
      count === 1 ? '1 widerrufenes oder abgelaufenes Gerät' : `${count} widerrufene oder abgelaufene Geräte`,
    revoke: 'Widerrufen',
    revokeOne: (label: string) => `${label} widerrufen`,
    revokeTitle: (label: string) => `„${label}“ widerrufen?`,
    revokeDoes:
      'Ab sofort kann es nichts hinzufügen und nichts abrufen. Laufende Uploads enden; was bestätigt wurde, bleibt. Das lässt sich nicht rückgängig machen: Das Gerät müsste neu angemeldet werden.',
    revokeFull:
      'Was es heruntergeladen hat, bleibt darauf, und es hat Ihren Schlüssel. Ist es in falschen Händen, so gilt alles, was Sie lesen konnten, als gelesen: Schlüssel lassen sich in dieser Version nicht wechseln.',
    revokeUploadOnly:
      'Es hatte nie einen Schlüssel zum Lesen; was es gesendet hat, ist also nicht gefährdet. Dateien auf seiner Karte oder Platte bleiben dort.',
    revokeRenderer:
      'Bilder, die er erzeugt hat, bleiben. Projekte mit unterstützten Vorschauen erhalten keine neuen; ein anderer Renderer lässt sich nur für ein neues Projekt eintragen.',
    revokeThis: 'Das ist der Browser, den Sie gerade benutzen. Sie kommen mit ihm nicht wieder hinein.',
    reason: 'Grund (freiwillig)',
    reasonHint: 'Wird mit dem Widerruf signiert. Der Server und alle Mitglieder können ihn lesen.',
    revokedNow: (label: string) => `${label} ist widerrufen.`,
  },
});
