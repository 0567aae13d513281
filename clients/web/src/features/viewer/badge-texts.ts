import { texts } from '../../platform/i18n/language.svelte.js';

export const badgeTexts = texts({
  en: {
    verified: 'Verified',
    quarantined: 'Quarantined',
    damaged: 'Damaged',
    title: 'What was checked',
    opening: 'This browser checked all of this by itself, with keys that the server does not have:',
    signature: (device: string, member: string) =>
      `The file was signed by the device “${device}” of ${member} and has not changed since.`,
    chain:
      'That device belongs to that member, and the member to your organization: both are certified by signatures, up to the organization’s key that this browser remembers.',
    entitled: 'The device was allowed to upload to this project, and not revoked, when the server received the file.',
    epoch: (epoch: number) => `The file was encrypted with key number ${epoch} of this project, which an owner signed.`,
    receipt: 'The receipt of the server is for exactly this file.',
    meta: 'Name, time and position were encrypted by the same device together with this file: the server cannot swap them.',
    content:
      'The content is checked while it is opened: what you see or download is an exact copy of what was uploaded.',
    not: 'Not checked: whether the camera’s time and position are true, and whether the complete file is still on the server. The button below checks the latter.',
    fingerprints: 'Fingerprints',
    device: 'Device',
    member: 'Member',
    root: 'Organization',
    epochKey: 'Project key',
    full: 'Show them in full',
    short: 'Show them shortened',
    check: 'Check the whole file now',
    checkSize: (size: string) =>
      `Downloads ${size}, decrypts it in this browser and compares it with what was signed. Nothing is kept.`,
    checking: (done: string, all: string) => `${done} of ${all} checked`,
    stop: 'Stop the check',
    good: 'Verified: the complete file is on the server, an exact copy of the original.',
    bad: 'The file on the server is damaged, incomplete or not what its uploader signed. Keep your copy.',
    stopped: 'The check was stopped before it had a result.',
  },
  de: {
    verified: 'Bestätigt',
    quarantined: 'In Quarantäne',
    damaged: 'Beschädigt',
    title: 'Was geprüft wurde',
    opening: 'Dieser Browser hat all das selbst geprüft, mit Schlüsseln, die der Server nicht hat:',
    signature: (device: string, member: string) =>
      `Die Datei wurde vom Gerät „${device}“ von ${member} signiert und seither nicht verändert.`,
    chain:
      'Das Gerät gehört zu diesem Mitglied und das Mitglied zu Ihrer Organisation: Beides ist durch Signaturen beglaubigt, bis zum Schlüssel der Organisation, den dieser Browser sich gemerkt hat.',
    entitled: 'Das Gerät durfte in dieses Projekt hochladen und war nicht widerrufen, als der Server die Datei annahm.',
    epoch: (epoch: number) =>
      `Die Datei wurde mit Schlüssel Nummer ${epoch} dieses Projekts verschlüsselt, den ein Inhaber signiert hat.`,
    receipt: 'Der Beleg des Servers gilt für genau diese Datei.',
    meta: 'Name, Zeit und Position wurden vom selben Gerät zusammen mit dieser Datei verschlüsselt: Der Server kann sie nicht vertauschen.',
    content:
      'Der Inhalt wird beim Öffnen geprüft: Was Sie sehen oder herunterladen, ist eine genaue Kopie des Hochgeladenen.',
    not: 'Nicht geprüft: ob Zeit und Position der Kamera stimmen, und ob die ganze Datei noch auf dem Server liegt. Letzteres prüft die Schaltfläche unten.',
    fingerprints: 'Fingerabdrücke',
    device: 'Gerät',
    member: 'Mitglied',
    root: 'Organisation',
    epochKey: 'Projektschlüssel',
    full: 'Ungekürzt zeigen',
    short: 'Gekürzt zeigen',
    check: 'Ganze Datei jetzt prüfen',
    checkSize: (size: string) =>
      `Lädt ${size}, entschlüsselt sie in diesem Browser und vergleicht sie mit dem, was signiert wurde. Nichts davon bleibt.`,
    checking: (done: string, all: string) => `${done} von ${all} geprüft`,
    stop: 'Prüfung anhalten',
    good: 'Geprüft: Die ganze Datei liegt auf dem Server, als genaue Kopie des Originals.',
    bad: 'Die Datei auf dem Server ist beschädigt, unvollständig oder nicht das, was beim Hochladen signiert wurde. Behalten Sie Ihre Kopie.',
    stopped: 'Die Prüfung wurde angehalten, bevor sie ein Ergebnis hatte.',
  },
});
