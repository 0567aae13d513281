import { texts } from '../../platform/i18n/language.svelte.js';

export const pairingTexts = texts({
  en: {
    approveTitle: 'Approve another browser',
    approveIntro: 'Open Aerie in the other browser and choose to be approved. It shows a code; type it here.',
    code: 'Code that the other device shows',
    codeHint: 'Five groups of four. Dashes and capital letters do not matter.',
    find: 'Find the device',
    nobody: 'No device is waiting with this code',
    nobodyHint:
      'Compare the code with the other screen, group by group. A code is good for one device and ten minutes.',
    label: 'Its name',
    asks: 'It asks to',
    asksFull: 'open, upload and change everything you can, like this browser',
    asksUploadOnly: 'upload to one project, without opening files',
    mayThen: 'It will be able to',
    mayAdd: (project: string, days: number) =>
      `upload to “${project}” for ${days === 1 ? '1 day' : `${days} days`}, without opening files`,
    compare: 'Does the other device show this number?',
    compareHint: 'If it shows another number or none, someone may be intercepting this; reject it.',
    approve: 'Yes, approve',
    refuse: 'No, reject',
    refused: 'Nothing was approved',
    refusedHint: 'The device got no keys, and its code will expire. If the numbers differed, make a new code.',
    tooMuch: 'This device asks for more than uploading',
    tooMuchHint:
      'It asks to open everything you can, but this code is for a device that only uploads. Reject it and start again.',
    approved: (label: string) => `${label} is approved`,
    approvedFull: 'It will open in a moment. From now on it can do everything you can. You can revoke it at any time.',
    approvedUploadOnly: 'It can start uploading in a moment. You can revoke it at any time.',
    toDevices: 'To the devices',
    project: 'Project',
    days: 'Valid for how many days',
    daysFault: 'A number from 1 to 3650',
    noProject: 'There is no project yet that it could upload to.',
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
    label: 'Sein Name',
    asks: 'Es bittet darum',
    asksFull: 'alles zu öffnen, hochzuladen und zu ändern, was Sie können, wie dieser Browser',
    asksUploadOnly: 'in ein Projekt hochzuladen, ohne Dateien zu öffnen',
    mayThen: 'Es darf dann',
    mayAdd: (project: string, days: number) =>
      `${days === 1 ? '1 Tag' : `${days} Tage`} lang nach „${project}“ hochladen, ohne Dateien zu öffnen`,
    compare: 'Zeigt das andere Gerät diese Zahl?',
    compareHint: 'Zeigt es eine andere Zahl oder keine, hört vielleicht jemand mit: Lehnen Sie ab.',
    approve: 'Ja, freigeben',
    refuse: 'Nein, ablehnen',
    refused: 'Nichts wurde freigegeben',
    refusedHint:
      'Das Gerät hat keine Schlüssel erhalten, und sein Code läuft von selbst ab. Stimmten die Zahlen nicht überein, erzeugen Sie einen neuen Code.',
    tooMuch: 'Dieses Gerät verlangt mehr, als hochzuladen',
    tooMuchHint:
      'Es will alles öffnen, was Sie können; dieser Code ist aber für ein Gerät, das nur hochlädt. Lehnen Sie ab, und beginnen Sie neu.',
    approved: (label: string) => `${label} ist freigegeben`,
    approvedFull:
      'Es öffnet sich gleich von selbst. Ab jetzt darf es alles, was Sie dürfen; Sie können es jederzeit widerrufen.',
    approvedUploadOnly: 'Es kann gleich mit dem Hochladen beginnen. Sie können es jederzeit widerrufen.',
    toDevices: 'Zu den Geräten',
    project: 'Projekt',
    days: 'Gültig für wie viele Tage',
    daysFault: 'Eine Zahl von 1 bis 3650',
    noProject: 'Es gibt noch kein Projekt, in das es hochladen könnte.',
    toProjects: 'Zu den Projekten',
    another: 'Noch eines freigeben',
  },
});
