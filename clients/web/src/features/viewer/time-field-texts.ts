import { texts } from '../../platform/i18n/language.svelte.js';

/** Which field of a file its time was read from. The names of the fields are those of their standards, the same in every language. */
export const timeFieldTexts = texts({
  en: {
    field: 'Time read from',
    'exif:DateTimeOriginal': 'when the picture was taken (EXIF DateTimeOriginal)',
    'exif:DateTimeDigitized': 'when the picture was stored (EXIF DateTimeDigitized)',
    'xmp:DateTimeOriginal': 'when the picture was taken (XMP DateTimeOriginal)',
    'xmp:CreateDate': 'when the picture was stored (XMP CreateDate)',
    'quicktime:creationdate': 'when recording began (QuickTime creation date)',
    mvhd: 'when recording began (movie header; UTC by its standard, though some cameras write local time)',
    'exif:DateTime': 'when the file was last changed (EXIF DateTime); Aerie found no other time in it',
  },
  de: {
    field: 'Zeit gelesen aus',
    'exif:DateTimeOriginal': 'Zeitpunkt der Aufnahme (EXIF DateTimeOriginal)',
    'exif:DateTimeDigitized': 'Zeitpunkt der Speicherung des Bildes (EXIF DateTimeDigitized)',
    'xmp:DateTimeOriginal': 'Zeitpunkt der Aufnahme (XMP DateTimeOriginal)',
    'xmp:CreateDate': 'Zeitpunkt der Speicherung des Bildes (XMP CreateDate)',
    'quicktime:creationdate': 'Beginn der Aufnahme (QuickTime creation date)',
    mvhd: 'Beginn der Aufnahme (Kopf des Films; laut Norm in UTC, manche Kameras schreiben Ortszeit)',
    'exif:DateTime': 'letzte Änderung der Datei (EXIF DateTime); eine andere Zeit hat Aerie darin nicht gefunden',
  },
});
