import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';

export const projectsTexts = texts({
  en: {
    projects: 'Projects',
    none: 'No project yet',
    noneMeans:
      'A project holds the footage of one job or place. Its name and all it holds are encrypted; the server sees sizes and times only.',
    noneShared: 'Nobody has given this device a part in a project yet. Ask the owner of the organization.',
    newProject: 'New project',
    name: 'Name of the project',
    nameHint: 'Encrypted like everything in it; the server never learns it.',
    create: 'Create the project',
    upload: 'Upload',
    uploadOnly: 'This device adds footage and can open nothing, not even what it has sent.',
    unnamed: 'Project without a name',
    media: (count: number) => (count === 0 ? 'Empty' : `${formatNumber(count)} media`),
  },
  de: {
    projects: 'Projekte',
    none: 'Noch kein Projekt',
    noneMeans:
      'Ein Projekt enthält die Aufnahmen eines Auftrags oder Ortes. Sein Name und alles darin sind verschlüsselt; der Server sieht nur Größen und Zeiten.',
    noneShared: 'Diesem Gerät wurde noch kein Projekt freigegeben. Wenden Sie sich an den Inhaber der Organisation.',
    newProject: 'Neues Projekt',
    name: 'Name des Projekts',
    nameHint: 'Verschlüsselt wie alles darin; der Server erfährt ihn nie.',
    create: 'Projekt anlegen',
    upload: 'Hochladen',
    uploadOnly: 'Dieses Gerät fügt Aufnahmen hinzu und kann nichts öffnen, auch nicht, was es selbst gesendet hat.',
    unnamed: 'Projekt ohne Namen',
    media: (count: number) => (count === 0 ? 'Leer' : count === 1 ? '1 Medium' : `${formatNumber(count)} Medien`),
  },
});
