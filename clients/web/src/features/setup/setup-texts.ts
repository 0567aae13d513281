import { texts } from '../../platform/i18n/language.svelte.js';

export const setupTexts = texts({
  en: {
    steps: 'Steps of the set-up',
    step: (at: number, of: number) => `Step ${at} of ${of}`,
    stepNames: 'Names',
    stepKeys: 'Passphrase',
    stepKit: 'Recovery kit',
    stepProject: 'First project',

    welcome: 'Welcome to Aerie',
    welcomeMeans:
      'This server is new, and you will be its owner. In a few minutes it can store your footage. Only your devices can see what the footage shows.',
    token: 'Set-up token',
    tokenHint: 'The server printed it when it started, with a link that fills it in.',
    organization: 'Name of your organization',
    organizationHint: 'The server shows it to the devices of your organization.',
    owner: 'Your name',

    passphrase: 'A passphrase for this browser',
    passphraseAlso: 'If you forget it, you can get your keys back with your recovery kit, which comes next.',
    make: 'Make my keys',
    making: 'Making your keys in this browser. This takes a few seconds. Secret keys are not sent to the server.',

    kit: 'Your recovery kit',
    kitMeans:
      'Print it, or save it where only you can reach it. It is shown once. If you lose your devices, it is the only way to your footage.',
    print: 'Print',
    save: 'Save as file',
    kept: 'I’ve saved my recovery kit',

    confirm: 'Confirm your recovery kit',
    confirmMeans:
      'Type one group of the account key from your printed page or the saved file. You can upload once it is confirmed.',
    confirmLost:
      'This page was reloaded before the kit was confirmed. For your safety the kit is not stored, so it cannot be shown again. Type the account key from the page you printed or the file you saved.',
    confirmNone:
      'If you have neither: nothing has been uploaded yet, so nothing is lost. Ask the operator to empty the server’s data folder, then set it up again.',
    accountKey: 'Account key',
    accountKeyHint: 'Six groups of five. Dashes, spaces and small letters do not matter.',
    groupOfKey: (group: number) => `Group ${group} of the account key`,
    groupHint: (group: number) =>
      `The account key has six groups of five characters. Type group ${group}, counted from the left, from your printed page or saved file.`,
    wrongGroup: (group: number) => `Group ${group} is wrong. Compare it with your page.`,
    confirmNow: 'Confirm',
    showAgain: 'Show the kit again',
    lostTitle: 'The kit is not confirmed yet',

    project: 'Your first project',
    later: 'Later',
  },
  de: {
    steps: 'Schritte der Einrichtung',
    step: (at, of) => `Schritt ${at} von ${of}`,
    stepNames: 'Namen',
    stepKeys: 'Passphrase',
    stepKit: 'Notfallblatt',
    stepProject: 'Erstes Projekt',

    welcome: 'Willkommen bei Aerie',
    welcomeMeans:
      'Dieser Server ist neu, und Sie werden sein Inhaber. In wenigen Minuten kann er Ihre Aufnahmen speichern. Was darauf zu sehen ist, sehen nur Ihre Geräte.',
    token: 'Einrichtungscode',
    tokenHint: 'Der Server hat ihn beim Start ausgegeben, zusammen mit einem Link, der ihn einträgt.',
    organization: 'Name Ihrer Organisation',
    organizationHint: 'Der Server zeigt ihn den Geräten Ihrer Organisation.',
    owner: 'Ihr Name',

    passphrase: 'Eine Passphrase für diesen Browser',
    passphraseAlso:
      'Wenn Sie sie vergessen, erhalten Sie Ihre Schlüssel mit dem Notfallblatt zurück, das als Nächstes kommt.',
    make: 'Schlüssel erzeugen',
    making:
      'Ihre Schlüssel entstehen in diesem Browser. Das dauert einige Sekunden. Geheime Schlüssel werden nicht an den Server gesendet.',

    kit: 'Ihr Notfallblatt',
    kitMeans:
      'Drucken Sie es, oder speichern Sie es, wo nur Sie es erreichen. Es wird nur einmal gezeigt. Wenn Sie Ihre Geräte verlieren, ist es der einzige Weg zu Ihren Aufnahmen.',
    print: 'Drucken',
    save: 'Als Datei speichern',
    kept: 'Ich habe mein Notfallblatt gespeichert',

    confirm: 'Notfallblatt bestätigen',
    confirmMeans:
      'Geben Sie eine Gruppe des Kontoschlüssels vom gedruckten Blatt oder aus der gespeicherten Datei ein. Sobald sie stimmt, können Sie hochladen.',
    confirmLost:
      'Diese Seite wurde neu geladen, bevor das Notfallblatt bestätigt war. Zu Ihrer Sicherheit wird es nicht gespeichert und kann deshalb nicht noch einmal gezeigt werden. Geben Sie den Kontoschlüssel vom Ausdruck oder aus der gespeicherten Datei ein.',
    confirmNone:
      'Falls Sie beides nicht haben: Noch ist nichts hochgeladen, es geht also nichts verloren. Bitten Sie den Betreiber, den Datenordner des Servers zu leeren, und richten Sie ihn neu ein.',
    accountKey: 'Kontoschlüssel',
    accountKeyHint: 'Sechs Gruppen zu fünf Zeichen. Bindestriche, Leerzeichen und Kleinschreibung spielen keine Rolle.',
    groupOfKey: (group: number) => `Gruppe ${group} des Kontoschlüssels`,
    groupHint: (group: number) =>
      `Der Kontoschlüssel hat sechs Gruppen zu fünf Zeichen. Geben Sie Gruppe ${group}, von links gezählt, vom gedruckten Blatt oder aus der gespeicherten Datei ein.`,
    wrongGroup: (group) => `Gruppe ${group} stimmt nicht. Vergleichen Sie sie mit Ihrem Blatt.`,
    confirmNow: 'Bestätigen',
    showAgain: 'Notfallblatt noch einmal zeigen',
    lostTitle: 'Das Notfallblatt ist noch nicht bestätigt',

    project: 'Ihr erstes Projekt',
    later: 'Später',
  },
});
