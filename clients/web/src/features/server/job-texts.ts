import { language } from '../../platform/i18n/language.svelte.js';

const words: Record<string, { readonly en: string; readonly de: string }> = {
  'media.check-media': { en: 'Check what was stored', de: 'Gespeichertes prüfen' },
  'previews.pack-blobs': { en: 'Pack thumbnails', de: 'Vorschaubilder packen' },
  'uploads.discard-upload': { en: 'Discard an upload', de: 'Upload verwerfen' },
  'uploads.expire-uploads': { en: 'End uploads that ran out', de: 'Abgelaufene Uploads beenden' },
  'reclaim.reclaim-orphans': { en: 'Reclaim room nobody uses', de: 'Ungenutzten Platz freigeben' },
};

/** What a kind of job does; a kind of a newer server by its own name. */
export const jobText = (kind: string): string => words[kind]?.[language.tag] ?? kind;
