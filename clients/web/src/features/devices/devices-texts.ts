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
    full: 'Full access, like this person',
    uploadOnly: 'Upload only; cannot open files',
    renderer: 'Renderer: sees one small picture of each photo in projects whose previews are made on the server',
    addsTo: (name: string) => `Uploads to “${name}” only; cannot open files`,
    thisBrowser: 'This browser',
    enrolled: 'Enrolled',
    expires: 'Good until',
    expired: 'Expired',
    revoked: 'Revoked',
    fingerprint: 'Fingerprint',
    showFingerprint: (label: string) => `Show the whole fingerprint of ${label}`,
    gone: (count: number) => (count === 1 ? '1 revoked or expired device' : `${count} revoked or expired devices`),
    revoke: 'Revoke',
    revokeOne: (label: string) => `Revoke ${label}`,
    revokeTitle: (label: string) => `Revoke “${label}”?`,
    revokeDoes:
      'It can no longer upload or download. Its unfinished uploads stop; stored files stay. This cannot be undone: the device would have to be enrolled again.',
    revokeFull:
      'Files it has downloaded stay on it, and it holds your key. If it is in the wrong hands, assume that everything you can read has been read: keys cannot be replaced in this version.',
    revokeUploadOnly:
      'It never had a key to open files, so the files it uploaded are not at risk. Files still on its card or disk stay there.',
    revokeRenderer:
      'Previews it has made stay. Its projects get no new previews; another renderer can only be used by a new project.',
    revokeThis: 'This is the browser you are using. You will lose access with it.',
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
    full: 'Voller Zugriff, wie diese Person',
    uploadOnly: 'Nur Hochladen; kann keine Dateien öffnen',
    renderer:
      'Renderer: sieht ein kleines Bild jedes Fotos in Projekten, deren Vorschaubilder auf dem Server entstehen',
    addsTo: (name: string) => `Lädt nur nach „${name}“ hoch; kann keine Dateien öffnen`,
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
      'Es kann nichts mehr hochladen oder herunterladen. Unfertige Uploads enden; gespeicherte Dateien bleiben. Das lässt sich nicht rückgängig machen: Das Gerät müsste neu angemeldet werden.',
    revokeFull:
      'Was es heruntergeladen hat, bleibt darauf, und es hat Ihren Schlüssel. Ist es in falschen Händen, gehen Sie davon aus, dass alles gelesen wurde, was Sie lesen können: Schlüssel lassen sich in dieser Version nicht wechseln.',
    revokeUploadOnly:
      'Es hatte nie einen Schlüssel zum Öffnen; die von ihm hochgeladenen Dateien sind nicht gefährdet. Dateien auf seiner Karte oder Festplatte bleiben dort.',
    revokeRenderer:
      'Vorschaubilder, die er erzeugt hat, bleiben. Seine Projekte erhalten keine neuen; einen anderen Renderer kann nur ein neues Projekt nutzen.',
    revokeThis: 'Das ist der Browser, den Sie gerade benutzen. Sie verlieren mit ihm den Zugang.',
    reason: 'Grund (freiwillig)',
    reasonHint: 'Wird mit dem Widerruf signiert. Der Server und alle Mitglieder können ihn lesen.',
    revokedNow: (label: string) => `${label} ist widerrufen.`,
  },
});
