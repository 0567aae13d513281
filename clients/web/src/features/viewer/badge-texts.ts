import { texts } from '../../platform/i18n/language.svelte.js';

export const badgeTexts = texts({
  en: {
    verified: 'Verified',
    quarantined: 'Quarantined',
    title: 'What was checked',
    opening: 'This browser checked all of this by itself, with keys that the server does not have:',
    signature: (device: string, member: string) =>
      `The manifest was signed by the device “${device}” of ${member}, and not changed since.`,
    chain:
      'That device was certified by its member, and the member by the root of your organization, which is pinned here.',
    entitled: 'The device was allowed to add to this project, and not revoked, when the server received the file.',
    epoch: (epoch: number) => `The file was sealed for key epoch ${epoch} of this project, which an owner signed.`,
    receipt: 'The receipt of the server is for exactly this manifest.',
    meta: 'Name, time and position were sealed by the same device for this very file: the server cannot swap them.',
    content:
      'Every octet is checked against the manifest while it is opened: what you see or download is what was uploaded.',
    not: 'Not checked: whether what the camera states is true, and whether the whole file is still on the server. The button below checks the latter.',
    fingerprints: 'Fingerprints',
    device: 'Device',
    member: 'Member',
    root: 'Organization root',
    epochKey: 'Project key',
    full: 'Show them in full',
    short: 'Show them shortened',
    check: 'Check the whole file now',
    checkSize: (size: string) =>
      `Downloads ${size}, decrypts it here and compares it with what was signed. Nothing is kept.`,
    checking: (done: string, all: string) => `${done} of ${all} checked`,
    stop: 'Stop the check',
    good: 'The whole file is on the server, and is what its uploader signed.',
    bad: 'The file on the server is not whole, or not what its uploader signed. Keep your copy.',
    stopped: 'The check was stopped. Nothing was found out.',
  },
  de: {
    verified: 'Bestätigt',
    quarantined: 'In Quarantäne',
    title: 'Was geprüft wurde',
    opening: 'Dieser Browser hat all das selbst geprüft, mit Schlüsseln, die der Server nicht hat:',
    signature: (device: string, member: string) =>
      `Das Manifest wurde vom Gerät „${device}“ von ${member} signiert und seither nicht verändert.`,
    chain:
      'Das Gerät wurde von seinem Mitglied zertifiziert, das Mitglied von der Wurzel Ihrer Organisation, die hier festgehalten ist.',
    entitled:
      'Das Gerät durfte zu diesem Projekt hinzufügen und war nicht widerrufen, als der Server die Datei annahm.',
    epoch: (epoch: number) =>
      `Die Datei wurde für die Schlüsselepoche ${epoch} dieses Projekts verschlüsselt, die ein Eigentümer signiert hat.`,
    receipt: 'Der Beleg des Servers gilt genau diesem Manifest.',
    meta: 'Name, Zeit und Position wurden vom selben Gerät für genau diese Datei verschlüsselt: Der Server kann sie nicht vertauschen.',
    content:
      'Jedes Oktett wird beim Öffnen mit dem Manifest verglichen: Was Sie sehen oder herunterladen, ist das Hochgeladene.',
    not: 'Nicht geprüft: ob stimmt, was die Kamera angibt, und ob die ganze Datei noch auf dem Server liegt. Letzteres prüft die Schaltfläche unten.',
    fingerprints: 'Fingerabdrücke',
    device: 'Gerät',
    member: 'Mitglied',
    root: 'Wurzel der Organisation',
    epochKey: 'Projektschlüssel',
    full: 'Ungekürzt zeigen',
    short: 'Gekürzt zeigen',
    check: 'Ganze Datei jetzt prüfen',
    checkSize: (size: string) =>
      `Lädt ${size}, entschlüsselt sie hier und vergleicht sie mit dem Signierten. Behalten wird nichts.`,
    checking: (done: string, all: string) => `${done} von ${all} geprüft`,
    stop: 'Prüfung anhalten',
    good: 'Die ganze Datei liegt auf dem Server und ist das, was beim Hochladen signiert wurde.',
    bad: 'Die Datei auf dem Server ist nicht vollständig oder nicht das, was beim Hochladen signiert wurde. Behalten Sie Ihre Kopie.',
    stopped: 'Die Prüfung wurde angehalten. Festgestellt wurde nichts.',
  },
});
