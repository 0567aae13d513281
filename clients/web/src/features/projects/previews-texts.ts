import { texts } from '../../platform/i18n/language.svelte.js';

/** What a project's choice of previews means, in words. */
export const previewsTexts = texts({
  en: {
    previews: 'Who makes the previews?',
    fixed: 'The choice is signed into the project; the server cannot change it.',
    sealed: 'Each device that uploads (recommended)',
    sealedMeans:
      'Small pictures are made on your device and encrypted before they leave it. The server never sees a pixel.',
    sealedShort: 'Previews made on your devices',
    assisted: 'A renderer beside the server',
    assistedMeans:
      'For weak devices: a separate process on the operator’s machine opens one small picture of each medium, in memory, to make the previews. The originals stay closed to it. Whoever controls that machine could look at those small pictures.',
    assistedShort: 'Previews made by the renderer, which may see small pictures',
    unavailable:
      'Not available: no renderer is waiting on this server. The operator can start one; later projects may then use it.',
    none: 'Nobody',
    noneMeans: 'No previews at all: lists show dates and sizes, and to see anything the whole file must be fetched.',
    noneShort: 'No previews',
  },
  de: {
    previews: 'Wer erzeugt die Vorschaubilder?',
    fixed: 'Die Wahl wird mit dem Projekt signiert; der Server kann sie nicht ändern.',
    sealed: 'Jedes Gerät, das hochlädt (empfohlen)',
    sealedMeans:
      'Kleine Bilder entstehen auf Ihrem Gerät und werden verschlüsselt, bevor sie es verlassen. Der Server sieht nie ein Pixel.',
    sealedShort: 'Vorschaubilder von Ihren Geräten',
    assisted: 'Ein Renderer neben dem Server',
    assistedMeans:
      'Für schwache Geräte: Ein eigener Prozess auf dem Rechner des Betreibers öffnet von jedem Medium ein kleines Bild, nur im Arbeitsspeicher, und erzeugt daraus die Vorschaubilder. Die Originale bleiben ihm verschlossen. Wer diesen Rechner beherrscht, könnte die kleinen Bilder ansehen.',
    assistedShort: 'Vorschaubilder vom Renderer, der kleine Bilder sehen darf',
    unavailable:
      'Nicht verfügbar: Auf diesem Server wartet kein Renderer. Der Betreiber kann einen starten; spätere Projekte können ihn dann nutzen.',
    none: 'Niemand',
    noneMeans:
      'Keine Vorschaubilder: Listen zeigen Datum und Größe, und um etwas zu sehen, muss die ganze Datei geladen werden.',
    noneShort: 'Keine Vorschaubilder',
  },
});
