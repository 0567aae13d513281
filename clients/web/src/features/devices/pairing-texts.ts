import { texts } from '../../platform/i18n/language.svelte.js';

export const pairingTexts = texts({
  en: {
    approveTitle: 'Approve another browser',
    approveIntro: 'Open Aerie in the other browser and choose to be approved. It shows a code; type it here.',
    code: 'Code that the other device shows',
    codeHint: 'Five groups of four, with or without the dashes; capitals or not.',
    find: 'Find the device',
    nobody: 'No device waits under this code',
    nobodyHint:
      'Compare the code with the other screen, group by group. A code is good for one device and ten minutes.',
    label: 'It calls itself',
    asks: 'It asks to',
    asksFull: 'read, add and change everything that you can, like this browser',
    asksUploadOnly: 'add to one project, and read nothing',
    mayThen: 'It may then',
    mayAdd: (project: string, days: number) =>
      `add to “${project}” for ${days === 1 ? '1 day' : `${days} days`}, and read nothing`,
    compare: 'Does the other device show this number?',
    compareHint: 'If it shows another one, or none, somebody has stepped in between: refuse.',
    approve: 'Yes, approve',
    refuse: 'No, refuse',
    refused: 'Nothing was approved',
    refusedHint: 'The device got no keys, and its code runs out by itself. If the numbers differed, make a new code.',
    tooMuch: 'This device asks for more than to add',
    tooMuchHint:
      'It wants to read everything that you can, but this code is for a device that only adds. Refuse, and begin again.',
    approved: (label: string) => `${label} is approved`,
    approvedFull:
      'It opens by itself in a moment. From now on it may do all that you may; you can revoke it at any time.',
    approvedUploadOnly: 'It can begin to upload in a moment. You can revoke it at any time.',
    toDevices: 'To the devices',
    project: 'Project',
    days: 'Good for how many days',
    daysFault: 'A number from 1 to 3650',
    noProject: 'There is no project yet that it could add to.',
    toProjects: 'To the projects',
    another: 'Approve one more',
  },
  de: {
    approveTitle: 'Anderen Browser freigeben',
    approveIntro:
      'Öffnen Sie Aerie im anderen Browser, und lassen Sie ihn um Freigabe bitten. Er zeigt einen Code; geben Sie ihn hier ein.',
    code: 'Code, den das andere Gerät zeigt',
    codeHint: 'Fünf Vierergruppen, mit oder ohne Striche, groß oder klein.',
    find: 'Gerät suchen',
    nobody: 'Unter diesem Code wartet kein Gerät',
    nobodyHint:
      'Vergleichen Sie den Code Gruppe für Gruppe mit dem anderen Bildschirm. Ein Code gilt für ein Gerät und zehn Minuten.',
    label: 'Es nennt sich',
    asks: 'Es bittet darum',
    asksFull: 'alles zu lesen, zu ergänzen und zu ändern, was Sie können, wie dieser Browser',
    asksUploadOnly: 'zu einem Projekt hinzuzufügen und nichts zu lesen',
    mayThen: 'Es darf dann',
    mayAdd: (project: string, days: number) =>
      `${days === 1 ? '1 Tag' : `${days} Tage`} lang zu „${project}“ hinzufügen und nichts lesen`,
    compare: 'Zeigt das andere Gerät diese Zahl?',
    compareHint: 'Zeigt es eine andere oder keine, so hat sich jemand dazwischengeschoben: Lehnen Sie ab.',
    approve: 'Ja, freigeben',
    refuse: 'Nein, ablehnen',
    refused: 'Nichts wurde freigegeben',
    refusedHint:
      'Das Gerät hat keine Schlüssel erhalten, und sein Code läuft von selbst ab. Stimmten die Zahlen nicht überein, erzeugen Sie einen neuen Code.',
    tooMuch: 'Dieses Gerät verlangt mehr, als hinzuzufügen',
    tooMuchHint:
      'Es will alles lesen, was Sie können; dieser Code ist aber für ein Gerät, das nur hinzufügt. Lehnen Sie ab, und beginnen Sie neu.',
    approved: (label: string) => `${label} ist freigegeben`,
    approvedFull:
      'Es öffnet sich gleich von selbst. Ab jetzt darf es alles, was Sie dürfen; Sie können es jederzeit widerrufen.',
    approvedUploadOnly: 'Es kann gleich mit dem Hochladen beginnen. Sie können es jederzeit widerrufen.',
    toDevices: 'Zu den Geräten',
    project: 'Projekt',
    days: 'Gültig für wie viele Tage',
    daysFault: 'Eine Zahl von 1 bis 3650',
    noProject: 'Es gibt noch kein Projekt, zu dem es hinzufügen könnte.',
    toProjects: 'Zu den Projekten',
    another: 'Noch eines freigeben',
  },
});
