import { texts } from '../../platform/i18n/language.svelte.js';

/** Each sentence is one of docs/threat-model.md, sections 2 and 6, in plain words. */
export const trustTexts = texts({
  en: {
    menu: 'What the server sees',
    title: 'What this server can and cannot see',
    intro:
      'Files are encrypted on your devices and decrypted on your devices. “The server” here means the people who run it, and anyone who breaks into it or seizes it.',
    here: 'On this installation',
    organization: 'Organization',
    organizationSeen: (name: string) => `${name}: the server reads this name`,
    root: 'Its key',
    people: 'People and devices',
    peopleSeen: (members: number, devices: number, uploadOnly: number) =>
      `${members === 1 ? '1 person' : `${members} people`}, ${devices === 1 ? '1 device' : `${devices} devices`}, of which ${uploadOnly} can only upload`,
    projects: 'Projects',
    noneAssisted: (count: number) => `${count}; in none of them does a renderer see pictures`,
    someAssisted: (count: number, names: string) =>
      `${count}; in these a renderer on the server’s side sees one small picture of each photo: ${names}`,
    address: 'Address',
    tls: (origin: string) => `${origin}: encrypted in transit (TLS)`,
    loopback: (origin: string) => `${origin}: this computer; nothing is sent over a network`,
    plain: (origin: string) =>
      `${origin}: not encrypted in transit. Others on the network see what the server sees, and could use your sign-in`,
    script: 'Code of this page',
    scriptHint: 'A page cannot check itself. From a computer you trust, compare it with the published release:',
    sees: 'It sees',
    seesNames: 'The names of the organization, of each person and of each device',
    seesKeys:
      'Public keys and their fingerprints, who is an owner, which devices were revoked, when, and the reason if one was given',
    seesUploads: 'Who uploads when, from which device and network address, to which project',
    seesSizes:
      'How many files a project has, and the size of each encrypted file, rounded up: enough to tell photos from videos, and which belong to one flight',
    seesPieces: 'Which files have a preview, and who downloads what and when',
    seesSame: 'That the same content was uploaded twice to one project; not across projects',
    seesProjects: 'The id of each project, who has its key, and where its previews are made; not its name',
    seesRenderer: 'Where previews are made on the server: one small picture of each photo',
    cannot: 'It cannot see',
    cannotPixels: 'What is in a photo, video or other file, and their previews',
    cannotNames: 'File names and types, and the names of projects',
    cannotFacts: 'Where and when something was taken, with which drone, how high',
    cannotHash: 'Exact lengths and checksums of files: a known photo cannot be searched for',
    cannotKeys: 'Secret keys, your passphrase, the recovery kit, pairing codes',
    can: 'What it could try, and whether you would notice',
    does: 'It could',
    noticed: 'Would you notice?',
    doesDelete: 'Delete or lose files, or refuse to answer',
    noticedDelete:
      'If you look for them: the receipt of an upload proves that the server had the file. Encryption does not bring it back, so keep copies.',
    doesAlter: 'Alter or swap files, or add files in someone else’s name',
    noticedAlter:
      'Yes, always: every file is checked against the signature of the device that uploaded it before it is shown.',
    doesWithhold: 'Leave out a file, a device or a revocation from a list',
    noticedWithhold: 'Only if you hold the receipt of that file, or know of that device. There is no public log yet.',
    doesOld: 'Show an older state',
    noticedOld: 'An older project key: yes, on a device that has seen the newer one. An older list: no.',
    doesAdd: 'Add a person or a device of its own',
    noticedAdd: 'Yes, always: people and devices that your organization has not signed are refused.',
    doesDate: 'Put false dates on receipts',
    noticedDate: 'No. With a stolen device key, it could make files look older than the revocation of that device.',
    doesCode: 'Send you a changed version of this page',
    noticedCode:
      'A changed page could take your keys when you unlock. This device keeps the page and replaces it only when you agree, but you have to trust the first visit. Compare it with the published release as shown above, or use the command line, which does not come from the server.',
  },
  de: {
    menu: 'Was der Server sieht',
    title: 'Was dieser Server sehen kann und was nicht',
    intro:
      'Dateien werden auf Ihren Geräten verschlüsselt und auf Ihren Geräten entschlüsselt. „Der Server“ meint hier die Betreiber und alle, die in ihn einbrechen oder ihn beschlagnahmen.',
    here: 'Auf dieser Installation',
    organization: 'Organisation',
    organizationSeen: (name: string) => `${name}: Der Server liest diesen Namen`,
    root: 'Ihr Schlüssel',
    people: 'Personen und Geräte',
    peopleSeen: (members: number, devices: number, uploadOnly: number) =>
      `${members === 1 ? '1 Person' : `${members} Personen`}, ${devices === 1 ? '1 Gerät' : `${devices} Geräte`}, davon ${uploadOnly} nur zum Hochladen`,
    projects: 'Projekte',
    noneAssisted: (count: number) => `${count}; in keinem sieht ein Renderer Bilder`,
    someAssisted: (count: number, names: string) =>
      `${count}; in diesen sieht ein Renderer auf der Seite des Servers ein kleines Bild jedes Fotos: ${names}`,
    address: 'Adresse',
    tls: (origin: string) => `${origin}: unterwegs verschlüsselt (TLS)`,
    loopback: (origin: string) => `${origin}: dieser Rechner; nichts geht über ein Netz`,
    plain: (origin: string) =>
      `${origin}: unterwegs nicht verschlüsselt. Andere im Netz sehen, was der Server sieht, und könnten Ihre Anmeldung benutzen`,
    script: 'Code dieser Seite',
    scriptHint:
      'Eine Seite kann sich nicht selbst prüfen. Vergleichen Sie sie von einem Rechner, dem Sie vertrauen, mit der veröffentlichten Fassung:',
    sees: 'Er sieht',
    seesNames: 'Die Namen der Organisation, jeder Person und jedes Geräts',
    seesKeys:
      'Öffentliche Schlüssel und ihre Fingerabdrücke, wer Inhaber ist, welche Geräte wann widerrufen wurden, und den Grund, falls einer genannt wurde',
    seesUploads: 'Wer wann von welchem Gerät und welcher Netzadresse in welches Projekt hochlädt',
    seesSizes:
      'Wie viele Dateien ein Projekt hat, und die aufgerundete Größe jeder verschlüsselten Datei: genug, um Fotos von Videos zu unterscheiden und zu erkennen, was zu einem Flug gehört',
    seesPieces: 'Welche Dateien eine Vorschau haben, und wer wann was herunterlädt',
    seesSame: 'Dass derselbe Inhalt zweimal in ein Projekt hochgeladen wurde; nicht über Projekte hinweg',
    seesProjects:
      'Die Kennung jedes Projekts, wer seinen Schlüssel hat und wo seine Vorschaubilder entstehen; nicht seinen Namen',
    seesRenderer: 'Wo Vorschaubilder auf dem Server entstehen: ein kleines Bild jedes Fotos',
    cannot: 'Er sieht nicht',
    cannotPixels: 'Was auf einem Foto, in einem Video oder einer anderen Datei ist, auch nicht ihre Vorschaubilder',
    cannotNames: 'Dateinamen und -typen und die Namen der Projekte',
    cannotFacts: 'Wo und wann etwas aufgenommen wurde, mit welcher Drohne, aus welcher Höhe',
    cannotHash: 'Genaue Längen und Prüfsummen von Dateien: Nach einem bekannten Foto lässt sich nicht suchen',
    cannotKeys: 'Geheime Schlüssel, Ihre Passphrase, das Notfallblatt, Kopplungscodes',
    can: 'Was er versuchen könnte und ob Sie es merken',
    does: 'Er könnte',
    noticed: 'Merken Sie es?',
    doesDelete: 'Dateien löschen oder verlieren oder nicht antworten',
    noticedDelete:
      'Wenn Sie danach suchen: Der Beleg eines Uploads beweist, dass der Server die Datei hatte. Verschlüsselung bringt sie nicht zurück; behalten Sie Kopien.',
    doesAlter: 'Dateien verändern, vertauschen oder in fremdem Namen hinzufügen',
    noticedAlter:
      'Ja, immer: Jede Datei wird an der Signatur des Geräts geprüft, das sie hochgeladen hat, bevor sie gezeigt wird.',
    doesWithhold: 'Eine Datei, ein Gerät oder einen Widerruf in einer Liste weglassen',
    noticedWithhold:
      'Nur, wenn Sie den Beleg dieser Datei haben oder von dem Gerät wissen. Ein öffentliches Protokoll gibt es noch nicht.',
    doesOld: 'Einen älteren Stand zeigen',
    noticedOld:
      'Einen älteren Projektschlüssel: ja, auf einem Gerät, das den neueren gesehen hat. Eine ältere Liste: nein.',
    doesAdd: 'Eine eigene Person oder ein eigenes Gerät hinzufügen',
    noticedAdd: 'Ja, immer: Personen und Geräte, die Ihre Organisation nicht signiert hat, werden abgelehnt.',
    doesDate: 'Belege falsch datieren',
    noticedDate:
      'Nein. Mit einem gestohlenen Geräteschlüssel könnte er Dateien älter erscheinen lassen als den Widerruf dieses Geräts.',
    doesCode: 'Ihnen eine veränderte Fassung dieser Seite schicken',
    noticedCode:
      'Eine veränderte Seite könnte beim Entsperren Ihre Schlüssel nehmen. Dieses Gerät behält die Seite und ersetzt sie nur, wenn Sie zustimmen; dem ersten Besuch müssen Sie aber vertrauen. Vergleichen Sie sie wie oben gezeigt mit der veröffentlichten Fassung, oder verwenden Sie die Kommandozeile, die nicht vom Server kommt.',
  },
});
