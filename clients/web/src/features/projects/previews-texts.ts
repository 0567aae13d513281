import { texts } from '../../platform/i18n/language.svelte.js';

/** What a project's choice of previews means, in words. */
export const previewsTexts = texts({
  en: {
    previews: 'Preview privacy',
    fixed: 'This choice is signed when the project is created and cannot be changed later, not even by the server.',
    sealed: 'On the devices that upload (recommended)',
    sealedMeans: 'Previews are made on your device and encrypted before they leave it. The server cannot see them.',
    sealedShort: 'Previews made on your devices',
    assisted: 'On the server (less private)',
    assistedMeans:
      'For slow devices: a separate program on the server, the renderer, opens one small picture of each photo to make the previews. It cannot open the originals. Anyone who controls the server could look at those small pictures.',
    assistedShort: 'Previews made on the server, which sees small pictures',
    unavailable:
      'Not available: no renderer is running on this server. The operator can start one; projects created after that can use it.',
    none: 'No previews',
    noneMeans: 'Lists show names and dates only. To see a file, it must be downloaded completely.',
    noneShort: 'No previews',
  },
  de: {
    previews: 'Schutz der Vorschaubilder',
    fixed:
      'Diese Wahl wird beim Anlegen des Projekts signiert und lässt sich später nicht ändern, auch nicht vom Server.',
    sealed: 'Auf den Geräten, die hochladen (empfohlen)',
    sealedMeans:
      'Vorschaubilder entstehen auf Ihrem Gerät und werden verschlüsselt, bevor sie es verlassen. Der Server kann sie nicht sehen.',
    sealedShort: 'Vorschaubilder von Ihren Geräten',
    assisted: 'Auf dem Server (weniger geschützt)',
    assistedMeans:
      'Für langsame Geräte: Ein eigenes Programm auf dem Server, der Renderer, öffnet von jedem Foto ein kleines Bild und erzeugt daraus die Vorschaubilder. Die Originale kann es nicht öffnen. Wer den Server kontrolliert, könnte die kleinen Bilder ansehen.',
    assistedShort: 'Vorschaubilder vom Server, der kleine Bilder sieht',
    unavailable:
      'Nicht verfügbar: Auf diesem Server läuft kein Renderer. Der Betreiber kann einen starten; danach angelegte Projekte können ihn nutzen.',
    none: 'Keine Vorschaubilder',
    noneMeans: 'Listen zeigen nur Namen und Datum. Um eine Datei anzusehen, muss sie ganz geladen werden.',
    noneShort: 'Keine Vorschaubilder',
  },
});
