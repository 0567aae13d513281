/** What each warning means and what to do, by code and by what the server tells beside it. */
import type { ServerWarning } from '@aerie/sdk';
import { formatBytes, formatDuration } from '../../platform/i18n/format.js';
import { language } from '../../platform/i18n/language.svelte.js';
import { jobText } from './job-texts.js';

export interface Advice {
  readonly title: string;
  readonly todo: string;
}
type Details = ServerWarning['details'];
type Words = Record<ServerWarning['code'], (details: Details) => Advice>;

const bytes = (value: Details[string] | undefined): string => formatBytes(Number(value ?? 0));
const duration = (value: Details[string] | undefined): string => formatDuration(Math.abs(Number(value ?? 0)));

const parts = {
  en: { database: 'database', store: 'file storage', queue: 'job queue' },
  de: { database: 'Die Datenbank', store: 'Der Dateispeicher', queue: 'Die Warteschlange' },
};
const partName = (language: 'en' | 'de', part: Details[string] | undefined): string =>
  parts[language][part as keyof typeof parts.en] ?? String(part);

const en: Words = {
  'store.space_low': ({ bytesFree, bytesTotal }) => ({
    title: `The storage disk has ${bytes(bytesFree)} of ${bytes(bytesTotal)} left`,
    todo: 'Free up space or move the data folder to a larger disk. When the disk is full, uploads are refused; stored files stay safe.',
  }),
  'part.not_ready': ({ part }) => ({
    title: `The ${partName('en', part)} does not answer`,
    todo: 'See /health/ready and the server log. Files that were confirmed are kept.',
  }),
  'media.damaged': ({ media }) => ({
    title: `${Number(media) === 1 ? '1 file is' : `${media} files are`} damaged or lost in the store`,
    todo: 'Check the projects to see which. Then upload these files again from the card, or restore the store from its backup.',
  }),
  'queue.may_evict': () => ({
    title: 'Redis may drop jobs',
    todo: 'Set its maxmemory-policy to noeviction and restart it.',
  }),
  'network.beyond_loopback': ({ host }) => ({
    title: `The server listens on ${host} and speaks plain HTTP`,
    todo: 'Put a reverse proxy with TLS in front of it, and block direct access to it. The server cannot tell whether this is done already.',
  }),
  'database.embedded': () => ({
    title: 'The database is in the data folder',
    todo: 'Back up the whole folder, database and files together. For a larger service set DATABASE_URL.',
  }),
  'clock.differs': ({ seconds }) => ({
    title: `The server clock is ${duration(seconds)} ${Number(seconds) > 0 ? 'ahead of' : 'behind'} the database clock`,
    todo: 'Synchronize both machines with a time server.',
  }),
  'renderer.silent': ({ deviceId, seconds }) => ({
    title: `The renderer has not asked for work for ${duration(seconds)}`,
    todo: `Start the renderer ${deviceId} again. Until then, projects whose previews are made on the server get no new previews.`,
  }),
  'jobs.stuck': ({ jobs }) => ({
    title: `${Number(jobs) === 1 ? '1 job is' : `${jobs} jobs are`} stuck`,
    todo: '“Background work” below lists them with reasons. Try them again once the cause is fixed.',
  }),
  'jobs.overdue': ({ kind, seconds }) => ({
    title: `“${jobText(String(kind))}” has been due for ${duration(seconds)}`,
    todo: 'Check that a worker is running and fast enough.',
  }),
};

const de: Words = {
  'store.space_low': ({ bytesFree, bytesTotal }) => ({
    title: `Auf der Festplatte des Speichers sind noch ${bytes(bytesFree)} von ${bytes(bytesTotal)} frei`,
    todo: 'Schaffen Sie Platz, oder verlegen Sie den Datenordner auf eine größere Festplatte. Ist sie voll, werden Uploads abgelehnt; gespeicherte Dateien bleiben sicher.',
  }),
  'part.not_ready': ({ part }) => ({
    title: `${partName('de', part)} antwortet nicht`,
    todo: 'Sehen Sie unter /health/ready und im Protokoll des Servers nach. Was bestätigt wurde, bleibt erhalten.',
  }),
  'media.damaged': ({ media }) => ({
    title:
      Number(media) === 1
        ? '1 Datei ist im Speicher beschädigt oder verloren'
        : `${media} Dateien sind im Speicher beschädigt oder verloren`,
    todo: 'Prüfen Sie die Projekte, um zu sehen, welche. Laden Sie diese Dateien dann noch einmal von der Karte hoch, oder spielen Sie die Sicherung des Speichers ein.',
  }),
  'queue.may_evict': () => ({
    title: 'Redis darf Aufträge verwerfen',
    todo: 'Setzen Sie maxmemory-policy auf noeviction, und starten Sie Redis neu.',
  }),
  'network.beyond_loopback': ({ host }) => ({
    title: `Der Server lauscht auf ${host} und spricht HTTP ohne Verschlüsselung`,
    todo: 'Stellen Sie einen Reverse-Proxy mit TLS davor, und sorgen Sie dafür, dass niemand an ihm vorbei zugreift. Ob das schon so ist, kann der Server nicht sehen.',
  }),
  'database.embedded': () => ({
    title: 'Die Datenbank liegt im Datenordner',
    todo: 'Sichern Sie den ganzen Ordner, Datenbank und Dateien zusammen. Für einen größeren Dienst setzen Sie DATABASE_URL.',
  }),
  'clock.differs': ({ seconds }) => ({
    title: `Die Uhr des Servers geht gegenüber der Datenbank ${duration(seconds)} ${Number(seconds) > 0 ? 'vor' : 'nach'}`,
    todo: 'Gleichen Sie beide Rechner mit einem Zeitserver ab.',
  }),
  'renderer.silent': ({ deviceId, seconds }) => ({
    title: `Der Renderer hat seit ${duration(seconds)} nicht nach Arbeit gefragt`,
    todo: `Starten Sie den Renderer ${deviceId} wieder; bis dahin erhalten Projekte, deren Vorschaubilder auf dem Server entstehen, keine neuen.`,
  }),
  'jobs.stuck': ({ jobs }) => ({
    title: Number(jobs) === 1 ? '1 Auftrag sitzt fest' : `${jobs} Aufträge sitzen fest`,
    todo: 'Welche und warum, steht unten bei „Arbeit im Hintergrund“. Versuchen Sie sie noch einmal, sobald die Ursache behoben ist.',
  }),
  'jobs.overdue': ({ kind, seconds }) => ({
    title: `„${jobText(String(kind))}“ ist seit ${duration(seconds)} fällig`,
    todo: 'Prüfen Sie, ob ein Worker läuft und schnell genug ist.',
  }),
};

const all = { en, de };

export const adviceFor = ({ code, details }: ServerWarning): Advice => all[language.tag][code](details);
