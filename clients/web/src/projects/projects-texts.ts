import { texts } from '../i18n/language.svelte.js';

export const projectsTexts = texts({
  en: {
    projects: 'Projects',
    none: 'No project yet.',
    media: (count: number) => (count === 1 ? '1 media' : `${count} media`),
  },
  de: {
    projects: 'Projekte',
    none: 'Noch kein Projekt.',
    media: (count: number) => (count === 1 ? '1 Medium' : `${count} Medien`),
  },
});
