import { language } from '../../platform/i18n/language.svelte.js';

const words: Record<string, { readonly en: string; readonly de: string }> = {
  'media.check-media': { en: 'Check stored files', de: 'Gespeicherte Dateien prüfen' },
  'previews.pack-blobs': { en: 'Store thumbnails together', de: 'Vorschaubilder zusammenfassen' },
  'objects.delete-objects': { en: 'Delete what is no longer used', de: 'Nicht mehr Benötigtes löschen' },
  'compaction.compact-objects': { en: 'Close gaps left by deleted files', de: 'Lücken gelöschter Dateien schließen' },
  'uploads.discard-upload': { en: 'Discard an upload', de: 'Upload verwerfen' },
  'uploads.expire-uploads': { en: 'Close expired uploads', de: 'Abgelaufene Uploads schließen' },
  'reclaim.reclaim-orphans': { en: 'Clean up unused space', de: 'Ungenutzten Platz freigeben' },
};

/** What a kind of job does; a kind of a newer server by its own name. */
export const jobText = (kind: string): string => words[kind]?.[language.tag] ?? kind;
