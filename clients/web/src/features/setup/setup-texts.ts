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
      'This server is new, and you are its owner. In a few minutes it keeps your footage; what the footage shows stays with you.',
    token: 'Set-up token',
    tokenHint: 'The server printed it, with a link that fills it in, when it started.',
    organization: 'Name of your organization',
    organizationHint: 'The server shows it to the devices of your organization.',
    owner: 'Your name',

    passphrase: 'A passphrase for this browser',
    passphraseAlso: 'If you forget it, your recovery kit, which is the next step, gives you your keys back.',
    make: 'Make my keys',
    making: 'Making your keys in this browser. The server gets only what is public. A few seconds …',

    kit: 'Your recovery kit',
    kitMeans:
      'Print this page or save it where only you can reach it. It is shown once, and it is the only way back if you lose your devices.',
    print: 'Print',
    save: 'Save as file',
    kept: 'I have kept it',

    confirm: 'Confirm your recovery kit',
    confirmMeans:
      'Type one group of the account key from your printed page or the saved file. You can upload once it is right.',
    confirmLost:
      'This page was reloaded before the kit was confirmed, and it cannot be shown again: it was in memory only. Type the account key from the page you printed or the file you saved.',
    confirmNone:
      'If you kept neither: nothing has been uploaded yet, so nothing is lost. The operator can empty the server’s data folder, and you set it up anew.',
    accountKey: 'Account key',
    accountKeyHint: 'Six groups of five. Dashes, spaces and small letters do not matter.',
    groupOfKey: (group: number) => `Group ${group} of the account key`,
    groupHint: (group: number) =>
      `The account key has six groups of five characters. Type group ${group}, counted from the left, from your printed page or saved file.`,
    wrongGroup: (group: number) => `Group ${group} is not what the kit says. Compare it with your page.`,
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
      'Dieser Server ist neu, und Sie sind sein Inhaber. In wenigen Minuten bewahrt er Ihre Aufnahmen auf; was darauf zu sehen ist, bleibt bei Ihnen.',
    token: 'Einrichtungscode',
    tokenHint: 'Der Server hat ihn beim Start ausgegeben, zusammen mit einem Link, der ihn einträgt.',
    organization: 'Name Ihrer Organisation',
    organizationHint: 'Der Server zeigt ihn den Geräten Ihrer Organisation.',
    owner: 'Ihr Name',

    passphrase: 'Eine Passphrase für diesen Browser',
    passphraseAlso:
      'Wenn Sie sie vergessen, gibt Ihnen das Notfallblatt, das als Nächstes kommt, Ihre Schlüssel zurück.',
    make: 'Schlüssel erzeugen',
    making: 'Ihre Schlüssel entstehen in diesem Browser. Der Server erhält nur, was öffentlich ist. Einige Sekunden …',

    kit: 'Ihr Notfallblatt',
    kitMeans:
      'Drucken Sie dieses Blatt, oder speichern Sie es, wo nur Sie es erreichen. Es wird einmal gezeigt und ist der einzige Weg zurück, wenn Sie Ihre Geräte verlieren.',
    print: 'Drucken',
    save: 'Als Datei speichern',
    kept: 'Ich habe es aufbewahrt',

    confirm: 'Notfallblatt bestätigen',
    confirmMeans:
      'Geben Sie eine Gruppe des Kontoschlüssels vom gedruckten Blatt oder aus der gespeicherten Datei ein. Sobald sie stimmt, können Sie hochladen.',
    confirmLost:
      'Diese Seite wurde neu geladen, bevor das Notfallblatt bestätigt war. Es kann nicht noch einmal gezeigt werden: Es stand nur im Arbeitsspeicher. Geben Sie den Kontoschlüssel vom Ausdruck oder aus der gespeicherten Datei ein.',
    confirmNone:
      'Falls Sie beides nicht haben: Noch ist nichts hochgeladen, es geht also nichts verloren. Der Betreiber kann den Datenordner des Servers leeren, und Sie richten ihn neu ein.',
    accountKey: 'Kontoschlüssel',
    accountKeyHint: 'Sechs Gruppen zu fünf Zeichen. Bindestriche, Leerzeichen und Kleinschreibung spielen keine Rolle.',
    groupOfKey: (group: number) => `Gruppe ${group} des Kontoschlüssels`,
    groupHint: (group: number) =>
      `Der Kontoschlüssel hat sechs Gruppen zu fünf Zeichen. Geben Sie Gruppe ${group}, von links gezählt, vom gedruckten Blatt oder aus der gespeicherten Datei ein.`,
    wrongGroup: (group) =>
      `Gruppe ${group} stimmt nicht mit dem Notfallblatt überein. Vergleichen Sie sie mit Ihrem Blatt.`,
    confirmNow: 'Bestätigen',
    showAgain: 'Notfallblatt noch einmal zeigen',
    lostTitle: 'Das Notfallblatt ist noch nicht bestätigt',

    project: 'Ihr erstes Projekt',
    later: 'Später',
  },
});
