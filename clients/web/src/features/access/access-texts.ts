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
      'The keys stay in this browser, locked with a passphrase that only you know. It is asked for when Aerie opens and never leaves this device.',
    locked: 'Aerie is locked',
    lockedFor: (device: string, organization: string) => (organization ? `${device} · ${organization}` : device),
    passphrase: 'Passphrase of this browser',
    unlock: 'Unlock',
    lost: 'I have lost the passphrase',
    lostMeans:
      'Nobody can reset it. Your recovery kit makes this browser a new device with a new passphrase; what the server holds is not affected.',
    forget: 'Forget this browser',
    forgetTitle: 'Forget this browser?',
    forgetMeans:
      'The keys in this browser are destroyed, and uploads that are not finished start again. What the server has acknowledged is kept.',
    forgetWarning:
      'If this is your only device and you do not have your recovery kit, nobody can open your footage again.',
    forgetNow: 'Destroy the keys here',
    ways: 'Make this browser one of your devices',
    waysMeans: 'This server has its organization already, and this browser holds no keys yet. Choose how to get them.',
    pair: 'With another device of yours',
    pairMeans: 'Approve this browser on a computer or phone where Aerie is open already.',
    kit: 'With the recovery kit',
    kitMeans: 'Type the account key from the printed page, or paste the saved file.',
    join: 'Only to upload',
    joinMeans: 'For a phone or controller: type the code that the owner’s screen shows, or scan it there.',
  },
  de: {
    deviceName: 'Name dieses Browsers',
    phoneName: 'Name dieses Geräts',
    deviceNameHint: 'Andere in Ihrer Organisation sehen ihn in der Liste der Geräte.',
    suggested: ({ browser, system }) => (system ? `${browser} auf ${system}` : browser),
    passphraseMeans:
      'Die Schlüssel bleiben in diesem Browser, gesperrt mit einer Passphrase, die nur Sie kennen. Sie wird beim Öffnen von Aerie abgefragt und verlässt dieses Gerät nie.',
    locked: 'Aerie ist gesperrt',
    lockedFor: (device, organization) => (organization ? `${device} · ${organization}` : device),
    passphrase: 'Passphrase dieses Browsers',
    unlock: 'Entsperren',
    lost: 'Ich habe die Passphrase verloren',
    lostMeans:
      'Niemand kann sie zurücksetzen. Ihr Notfallblatt macht diesen Browser zu einem neuen Gerät mit neuer Passphrase; was der Server hält, ist nicht betroffen.',
    forget: 'Diesen Browser vergessen',
    forgetTitle: 'Diesen Browser vergessen?',
    forgetMeans:
      'Die Schlüssel in diesem Browser werden vernichtet, und unvollständige Uploads beginnen von vorn. Was der Server bestätigt hat, bleibt erhalten.',
    forgetWarning:
      'Wenn dies Ihr einziges Gerät ist und Sie Ihr Notfallblatt nicht haben, kann niemand Ihre Aufnahmen je wieder öffnen.',
    forgetNow: 'Schlüssel hier vernichten',
    ways: 'Diesen Browser zu einem Ihrer Geräte machen',
    waysMeans:
      'Dieser Server hat bereits eine Organisation, und dieser Browser besitzt noch keine Schlüssel. Wählen Sie, woher er sie bekommt.',
    pair: 'Mit einem anderen Ihrer Geräte',
    pairMeans: 'Geben Sie diesen Browser auf einem Rechner oder Telefon frei, auf dem Aerie bereits offen ist.',
    kit: 'Mit dem Notfallblatt',
    kitMeans: 'Geben Sie den Kontoschlüssel vom Ausdruck ein, oder fügen Sie die gespeicherte Datei ein.',
    join: 'Nur zum Hochladen',
    joinMeans:
      'Für Telefon oder Fernsteuerung: Geben Sie den Code vom Bildschirm des Inhabers ein, oder scannen Sie ihn dort.',
  },
});

export const suggestedDeviceName = (): string => accessTexts.suggested(describeBrowser(navigator.userAgent));
