import { texts } from '../../platform/i18n/language.svelte.js';

export const keyTexts = texts({
  en: {
    title: 'Your OpenPGP key',
    toDevices: 'To the devices',
    intro:
      'Your files are encrypted to this key. It is a standard OpenPGP key (RFC 9580), so other programs can use it.',
    certificate: 'Certificate',
    certificateMeans:
      'The public half: give it to people who want to check what you certified, or encrypt something to you.',
    fingerprint: 'Fingerprint',
    copy: 'Copy the certificate',
    copied: 'Copied.',
    copyFailed: 'The browser did not let it be copied. Save it instead.',
    saveCertificate: 'Save the certificate',
    secret: 'Secret key',
    warning: 'Anyone with this file and its passphrase can read everything you can read',
    warningMeans:
      'This stays so: in this version a key cannot be replaced. Aerie does not need the file. Save it only to open exports with another program, and delete it afterwards.',
    passphraseMeans:
      'The file is locked with a passphrase of its own. If you lose that passphrase, the file cannot be opened.',
    saveSecret: 'Save the secret key',
    saved: (name: string) => `${name} was handed to the browser to be saved. No copy is kept here.`,
  },
  de: {
    title: 'Ihr OpenPGP-Schlüssel',
    toDevices: 'Zu den Geräten',
    intro:
      'Ihre Dateien sind für diesen Schlüssel verschlüsselt. Er ist ein gewöhnlicher OpenPGP-Schlüssel (RFC 9580), den auch andere Programme verwenden können.',
    certificate: 'Zertifikat',
    certificateMeans:
      'Die öffentliche Hälfte: für alle, die prüfen wollen, was Sie beglaubigt haben, oder etwas für Sie verschlüsseln.',
    fingerprint: 'Fingerabdruck',
    copy: 'Zertifikat kopieren',
    copied: 'Kopiert.',
    copyFailed: 'Der Browser hat das Kopieren nicht erlaubt. Sichern Sie es stattdessen.',
    saveCertificate: 'Zertifikat sichern',
    secret: 'Geheimer Schlüssel',
    warning: 'Wer diese Datei und ihre Passphrase hat, kann alles lesen, was Sie lesen können',
    warningMeans:
      'Jetzt und später: Schlüssel lassen sich in dieser Version nicht wechseln. Aerie braucht die Datei nicht; sichern Sie sie nur, um Exporte mit einem anderen Programm zu öffnen, und löschen Sie sie danach.',
    passphraseMeans:
      'Die Datei wird mit einer eigenen Passphrase gesperrt. Geht diese verloren, lässt sich die Datei nicht mehr öffnen.',
    saveSecret: 'Geheimen Schlüssel sichern',
    saved: (name: string) => `${name} wurde dem Browser zum Sichern übergeben. Hier bleibt keine Kopie.`,
  },
});
