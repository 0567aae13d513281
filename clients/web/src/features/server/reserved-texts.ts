import { formatNumber } from '../../platform/i18n/format.js';
import { texts } from '../../platform/i18n/language.svelte.js';

const uploads = (count: number): string =>
  count === 1 ? '1 unfinished upload' : `${formatNumber(count)} unfinished uploads`;
const unfertige = (count: number): string =>
  count === 1 ? '1 unfertiger Upload' : `${formatNumber(count)} unfertige Uploads`;

/** Space that uploads reserve until they are finished. */
export const reservedTexts = texts({
  en: {
    title: 'Reserved by unfinished uploads',
    intro:
      'An upload reserves the space of its file when it begins. Uploads that are not finished by the time shown are deleted automatically.',
    device: (label: string, member: string) => `${label} (${member})`,
    unknown: 'Unknown device',
    of: (count: number, projects: string) => `${uploads(count)} to ${projects}`,
    notShared: 'a project that is not shared with you',
    reserved: (bytes: string) => `${bytes} reserved`,
    until: (since: string, until: string) => `Since ${since}; kept until ${until} at most`,
    free: 'Free this space',
    freeOf: (device: string) => `Free this space: ${device}`,
    question: (device: string) => `Free the space of ${device}?`,
    ends: (count: number, bytes: string) =>
      `${count === 1 ? 'Its unfinished upload ends' : `Its ${formatNumber(count)} unfinished uploads end`}, and ${bytes} can be used by others.`,
    lost: 'What the device has sent of these files so far is deleted. If they are still on the card, it can upload them again from the beginning. Finished files are not touched.',
    keepsAccess: 'The device can still upload. To lock it out, revoke it on the page “Devices”.',
    freed: (device: string, bytes: string) => `${bytes} of ${device} are free again.`,
  },
  de: {
    title: 'Für unfertige Uploads reserviert',
    intro:
      'Ein Upload reserviert den Platz seiner Datei, wenn er beginnt. Was bis zur genannten Zeit nicht fertig ist, wird von selbst gelöscht.',
    device: (label: string, member: string) => `${label} (${member})`,
    unknown: 'Unbekanntes Gerät',
    of: (count: number, projects: string) => `${unfertige(count)} nach ${projects}`,
    notShared: 'ein Projekt, das nicht mit Ihnen geteilt ist',
    reserved: (bytes: string) => `${bytes} reserviert`,
    until: (since: string, until: string) => `Seit ${since}; bleibt längstens bis ${until}`,
    free: 'Diesen Platz freigeben',
    freeOf: (device: string) => `Diesen Platz freigeben: ${device}`,
    question: (device: string) => `Platz von ${device} freigeben?`,
    ends: (count: number, bytes: string) =>
      `${count === 1 ? 'Der unfertige Upload endet' : `Die ${formatNumber(count)} unfertigen Uploads enden`}, und ${bytes} werden für andere frei.`,
    lost: 'Was das Gerät von diesen Dateien schon gesendet hat, wird gelöscht. Wenn sie noch auf der Karte sind, kann es sie von vorn noch einmal hochladen. Fertige Dateien bleiben unberührt.',
    keepsAccess: 'Das Gerät kann weiterhin hochladen. Um es auszusperren, widerrufen Sie es auf der Seite „Geräte“.',
    freed: (device: string, bytes: string) => `${bytes} von ${device} sind wieder frei.`,
  },
});
