import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';

const files = (count: number): string => (count === 1 ? '1 file' : `${formatNumber(count)} files`);
const dateien = (count: number): string => (count === 1 ? '1 Datei' : `${formatNumber(count)} Dateien`);

export const shareTexts = texts({
  en: {
    title: 'Shared with Aerie',
    waiting: 'Receiving the files …',
    count: (count: number, size: string) => `${files(count)}, ${size}`,
    more: (count: number) => `and ${formatNumber(count)} more`,
    project: 'Into which project?',
    unnamed: 'Project without a name',
    hint: 'They are encrypted on this device before they are sent. Keep this page open until then.',
    upload: (count: number) => `Upload ${files(count)}`,
    discard: 'Discard',
    noProject: 'There is no project yet that you can upload to',
    noProjectHint:
      'Nothing was sent. Create a project, or ask for one to be shared with you; then share the files again.',
    toProjects: 'To the projects',
    none: 'There are no shared files here',
    noneHint:
      'Nothing was sent. The files may have been uploaded already, or Aerie was closed before it received them. They are still in the app they came from: share them from there again, or choose them in a project.',
  },
  de: {
    title: 'Mit Aerie geteilt',
    waiting: 'Die Dateien werden übernommen …',
    count: (count: number, size: string) => `${dateien(count)}, ${size}`,
    more: (count: number) => `und ${formatNumber(count)} weitere`,
    project: 'In welches Projekt?',
    unnamed: 'Projekt ohne Namen',
    hint: 'Sie werden auf diesem Gerät verschlüsselt, bevor sie gesendet werden. Lassen Sie diese Seite so lange offen.',
    upload: (count: number) => `${dateien(count)} hochladen`,
    discard: 'Verwerfen',
    noProject: 'Es gibt noch kein Projekt, in das Sie hochladen können',
    noProjectHint:
      'Es wurde nichts gesendet. Legen Sie ein Projekt an, oder bitten Sie um die Freigabe eines Projekts; teilen Sie die Dateien dann noch einmal.',
    toProjects: 'Zu den Projekten',
    none: 'Hier sind keine geteilten Dateien',
    noneHint:
      'Es wurde nichts gesendet. Vielleicht wurden sie schon hochgeladen, oder Aerie wurde geschlossen, bevor es sie erhielt. Sie sind noch in der App, aus der sie kamen: Teilen Sie sie von dort noch einmal, oder wählen Sie sie in einem Projekt.',
  },
});
