import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';

export const projectsTexts = texts({
  en: {
    projects: 'Projects',
    none: 'No project yet',
    noneMeans:
      'A project holds the footage of one job or place. Its name and its files are encrypted; the server sees only their number, sizes and times.',
    noneShared: 'No project has been shared with this device yet. Ask the owner of the organization.',
    newProject: 'New project',
    name: 'Name of the project',
    nameHint: 'Encrypted, like the files. The server cannot read it.',
    create: 'Create the project',
    upload: 'Upload',
    uploadOnly: 'This device can upload files but cannot open any, not even its own.',
    unnamed: 'Project without a name',
    media: (count: number) => (count === 0 ? 'Empty' : count === 1 ? '1 file' : `${formatNumber(count)} files`),
  },
  de: {
    projects: 'Projekte',
    none: 'Noch kein Projekt',
    noneMeans:
      'Ein Projekt enthält die Aufnahmen eines Auftrags oder Ortes. Sein Name und seine Dateien sind verschlüsselt; der Server sieht nur Anzahl, Größen und Zeiten.',
    noneShared: 'Diesem Gerät wurde noch kein Projekt freigegeben. Wenden Sie sich an den Inhaber der Organisation.',
    newProject: 'Neues Projekt',
    name: 'Name des Projekts',
    nameHint: 'Verschlüsselt, wie die Dateien. Der Server kann ihn nicht lesen.',
    create: 'Projekt anlegen',
    upload: 'Hochladen',
    uploadOnly: 'Dieses Gerät kann Dateien hochladen, aber keine öffnen, auch nicht die eigenen.',
    unnamed: 'Projekt ohne Namen',
    media: (count: number) => (count === 0 ? 'Leer' : count === 1 ? '1 Datei' : `${formatNumber(count)} Dateien`),
  },
});
