import { texts } from '../../platform/i18n/language.svelte.js';
import { describeBrowser } from './device-name.js';

export const accessTexts = texts({
  en: {
    deviceName: 'Name of this browser',
    phoneName: 'Name of this device',
    deviceNameHint: 'Others in your organization see it in the list of devices.',
    suggested: ({ browser, system }: ReturnType<typeof describeBrowser>) =>
      system ? `${browser} on ${system}` : browser,
    passphraseMeans:
      'The keys stay in this browser, locked with a passphrase that only you know. You type it when you open Aerie; it is never sent.',
    locked: 'Aerie is locked',
    lockedFor: (device: string, organization: string) => (organization ? `${device} · ${organization}` : device),
    passphrase: 'Passphrase of this browser',
    unlock: 'Unlock',
    lost: 'I forgot my passphrase',
    lostMeans:
      'It cannot be reset. With your recovery kit, this browser becomes a new device with a new passphrase. Your stored files are not affected.',
    forget: 'Forget this browser',
    forgetTitle: 'Forget this browser?',
    forgetMeans:
      'The keys in this browser will be deleted. Unfinished uploads must start again; stored files are kept.',
    forgetWarning:
      'If this is your only device and you do not have your recovery kit, your footage can never be opened again.',
    forgetNow: 'Delete the keys',
    ways: 'Make this browser one of your devices',
    waysMeans: 'This server already has an organization, and this browser has no keys yet. Choose how to get them.',
    pair: 'With another device of yours',
    pairMeans: 'Approve this browser on a computer or phone where Aerie is open already.',
    kit: 'With the recovery kit',
    kitMeans: 'Type the account key from the printed page, or paste the saved file.',
    join: 'Only to upload',
    joinMeans: 'For a phone or controller: type or scan the code on the owner’s screen.',
  },
  de: {
    deviceName: 'Name dieses Browsers',
    phoneName: 'Name dieses Geräts',
    deviceNameHint: 'Andere in Ihrer Organisation sehen ihn in der Liste der Geräte.',
    suggested: ({ browser, system }) => (system ? `${browser} auf ${system}` : browser),
    passphraseMeans:
      'Die Schlüssel bleiben in diesem Browser, gesperrt mit einer Passphrase, die nur Sie kennen. Sie geben sie beim Öffnen von Aerie ein; gesendet wird sie nie.',
    locked: 'Aerie ist gesperrt',
    lockedFor: (device, organization) => (organization ? `${device} · ${organization}` : device),
    passphrase: 'Passphrase dieses Browsers',
    unlock: 'Entsperren',
    lost: 'Ich habe meine Passphrase vergessen',
    lostMeans:
      'Sie lässt sich nicht zurücksetzen. Mit Ihrem Notfallblatt wird dieser Browser zu einem neuen Gerät mit neuer Passphrase. Ihre gespeicherten Dateien sind nicht betroffen.',
    forget: 'Diesen Browser vergessen',
    forgetTitle: 'Diesen Browser vergessen?',
    forgetMeans:
      'Die Schlüssel in diesem Browser werden gelöscht. Unfertige Uploads müssen neu beginnen; gespeicherte Dateien bleiben erhalten.',
    forgetWarning:
      'Wenn dies Ihr einziges Gerät ist und Sie Ihr Notfallblatt nicht haben, lassen sich Ihre Aufnahmen nie wieder öffnen.',
    forgetNow: 'Schlüssel löschen',
    ways: 'Diesen Browser zu einem Ihrer Geräte machen',
    waysMeans:
      'Dieser Server hat bereits eine Organisation, und dieser Browser besitzt noch keine Schlüssel. Wählen Sie, woher er sie bekommt.',
    pair: 'Mit einem anderen Ihrer Geräte',
    pairMeans: 'Geben Sie diesen Browser auf einem Rechner oder Telefon frei, auf dem Aerie bereits offen ist.',
    kit: 'Mit dem Notfallblatt',
    kitMeans: 'Geben Sie den Kontoschlüssel vom Ausdruck ein, oder fügen Sie die gespeicherte Datei ein.',
    join: 'Nur zum Hochladen',
    joinMeans:
      'Für Telefon oder Fernsteuerung: Geben Sie den Code vom Bildschirm des Inhabers ein, oder scannen Sie ihn.',
  },
});

export const suggestedDeviceName = (): string => accessTexts.suggested(describeBrowser(navigator.userAgent));
