/** The codes of the server's error table (protocol/src/errors.ts). */
import type { Wording } from './wording.js';

const ourMistake =
  'Es wurde nichts gespeichert. Laden Sie die Seite neu. Bleibt es dabei, melden Sie es mit dem Code unten.';
const startAgain = 'Beginnen Sie die Datei noch einmal; anderes ist nicht betroffen.';

export const germanServerProblems: Readonly<Record<string, Wording>> = {
  'request.malformed': { message: 'Der Server konnte die Anfrage nicht lesen.', hint: ourMistake },
  'request.too_large': { message: 'Die Anfrage ist größer, als der Server hier annimmt.', hint: ourMistake },
  'request.unsupported_type': {
    message: 'Der Server nimmt hier eine andere Art von Daten an.',
    hint: ourMistake,
  },
  'request.timeout': {
    message: 'Die Anfrage ist nicht rechtzeitig angekommen.',
    hint: 'Bestätigte Teile bleiben erhalten. Prüfen Sie die Verbindung, und versuchen Sie es noch einmal.',
  },
  'request.too_many': {
    message: 'Das waren zu viele Anfragen in kurzer Zeit.',
    hint: 'Es wurde nichts geändert. Warten Sie eine Minute, und versuchen Sie es noch einmal.',
  },
  'request.url_too_long': { message: 'Die Adresse der Anfrage ist zu lang.', hint: ourMistake },
  'request.headers_too_large': {
    message: 'Die Kopfzeilen der Anfrage sind zu groß.',
    hint: 'Es wurde nichts geändert. Vielleicht fügt ein Proxy etwas hinzu: Fragen Sie den Betreiber.',
  },
  'request.method_unknown': {
    message: 'Der Server kennt diese Art von Anfrage hier nicht.',
    hint: 'Vielleicht passt diese Seite nicht zur Version des Servers: Laden Sie sie neu.',
  },
  'request.unknown_route': {
    message: 'Der Server kennt diese Anfrage nicht.',
    hint: 'Vielleicht passt diese Seite nicht zur Version des Servers: Laden Sie sie neu.',
  },
  'request.idempotency_mismatch': {
    message: 'Dieser Schlüssel wurde schon für eine andere Anfrage verwendet.',
    hint: 'Die erste Anfrage gilt. Versuchen Sie es noch einmal.',
  },
  'request.in_progress': {
    message: 'Dieselbe Anfrage wird noch bearbeitet.',
    hint: 'Warten Sie einen Moment, und versuchen Sie es noch einmal.',
  },
  'server.internal': {
    message: 'Im Server ist ein Fehler aufgetreten.',
    hint: 'Was vorher bestätigt wurde, bleibt erhalten. Versuchen Sie es noch einmal; bleibt es dabei, nennen Sie dem Betreiber die Kennung unten.',
  },
  'server.unavailable': {
    message: 'Ein Teil, den der Server braucht, antwortet nicht.',
    hint: 'Was vorher bestätigt wurde, bleibt erhalten. Versuchen Sie es gleich noch einmal.',
  },
  'server.storage_full': {
    message: 'Der Datenträger des Servers ist voll.',
    hint: 'Von dieser Anfrage wurde nichts behalten; was vorher bestätigt wurde, bleibt. Der Betreiber muss Platz schaffen, dann geht es weiter.',
  },
  'setup.already_done': {
    message: 'Dieser Server hat bereits seine Organisation.',
    hint: 'Verwenden Sie Ihr Notfallblatt, oder bitten Sie den Inhaber, diesen Browser freizugeben.',
  },
  'setup.token_invalid': {
    message: 'Der Einrichtungscode ist nicht der, den dieser Server ausgegeben hat.',
    hint: 'Öffnen Sie den Link, den der Server beim letzten Start ausgegeben hat; ältere gelten nicht mehr.',
  },
  'setup.needed': {
    message: 'Dieser Server hat noch keine Organisation.',
    hint: 'Öffnen Sie den Link, den der Server beim Start ausgegeben hat.',
  },
  'session.missing': {
    message: 'Sie sind nicht angemeldet.',
    hint: 'Sperren Sie Aerie, und entsperren Sie es wieder.',
  },
  'session.expired': {
    message: 'Ihre Anmeldung ist abgelaufen oder wurde beendet.',
    hint: 'Sperren und entsperren Sie Aerie; Uploads gehen weiter, wo sie waren.',
  },
  'session.challenge_invalid': {
    message: 'Die Anmeldung hat zu lange gedauert oder wurde schon verwendet.',
    hint: 'Versuchen Sie es noch einmal.',
  },
  'session.signature_invalid': {
    message: 'Die Signatur ist nicht von diesem Gerät.',
    hint: 'Prüfen Sie, ob dieser Browser zu diesem Server gehört.',
  },
  'session.unknown': {
    message: 'Diese Anmeldung gibt es nicht mehr.',
    hint: 'Sie ist schon beendet, oder Sie dürfen sie nicht beenden. Laden Sie die Liste neu.',
  },
  'device.unknown': {
    message: 'Dieses Gerät gibt es nicht.',
    hint: 'Der Server kennt es nicht oder nicht mehr. Ist es dieser Browser, verwenden Sie Ihr Notfallblatt, oder lassen Sie ihn freigeben.',
  },
  'device.revoked': {
    message: 'Dieses Gerät wurde widerrufen.',
    hint: 'Es wurde nichts gespeichert; Ihre Dateien sind unberührt. War das ein Versehen, bitten Sie den Inhaber, es noch einmal anzumelden.',
  },
  'device.expired': {
    message: 'Die Anmeldung dieses Geräts ist abgelaufen.',
    hint: 'Es wurde nichts gespeichert; Ihre Dateien sind unberührt. Bitten Sie den Inhaber, es neu anzumelden.',
  },
  'device.name_taken': {
    message: 'Ein anderes Ihrer Geräte heißt schon so.',
    hint: 'Es wurde nichts geändert. Wählen Sie einen anderen Namen; Groß- und Kleinschreibung machen keinen Unterschied.',
  },
  'access.denied': {
    message: 'Dieses Gerät darf das nicht.',
    hint: 'Es wurde nichts geändert. Verwenden Sie ein Gerät oder Mitglied mit der richtigen Rolle.',
  },
  'record.signature_invalid': { message: 'Die Signatur eines Eintrags lässt sich nicht prüfen.', hint: ourMistake },
  'record.not_authorized': {
    message: 'Wer diesen Eintrag signiert hat, darf das nicht.',
    hint: 'Es wurde nichts gespeichert. Die Organisation muss den Unterzeichner dafür beglaubigt haben.',
  },
  'record.mismatch': { message: 'Ein Eintrag widerspricht der Anfrage oder einem anderen Eintrag.', hint: ourMistake },
  'membership.moved': {
    message: 'Jemand anderes hat im selben Augenblick geändert, wer zu Ihrer Organisation gehört.',
    hint: 'Es wurde nichts geändert. Versuchen Sie es noch einmal.',
  },
  'record.conflict': {
    message: 'Es gibt schon einen anderen Eintrag mit dieser Kennung.',
    hint: 'Der erste Eintrag gilt. Versuchen Sie es noch einmal.',
  },
  'pairing.unknown': {
    message: 'Unter diesem Kopplungscode wartet kein Gerät.',
    hint: 'Es wurde nichts geändert. Prüfen Sie den Code und die Adresse des Servers; ein Code gilt für ein Gerät und zehn Minuten.',
  },
  'pairing.expired': {
    message: 'Der Kopplungscode ist abgelaufen.',
    hint: 'Das neue Gerät hat keine Schlüssel erhalten. Erzeugen Sie einen neuen Code; steht das Gerät schon in der Liste, widerrufen Sie es dort.',
  },
  'pairing.conflict': {
    message: 'Der Kopplungscode wurde schon für ein anderes Gerät oder eine andere Antwort verwendet.',
    hint: 'Es gilt, was zuerst kam. Waren Sie das nicht, hat jemand den Code gesehen: Geben Sie nichts frei, und erzeugen Sie einen neuen Code.',
  },
  'pairing.too_many': {
    message: 'Zu viele Geräte warten auf eine Freigabe.',
    hint: 'Es wurde nichts gespeichert. Versuchen Sie es in einigen Minuten noch einmal.',
  },
  'recovery.unknown': {
    message: 'Zu diesem Notfallblatt gibt es hier keine Sicherung.',
    hint: 'Prüfen Sie die Adresse des Servers und das Notfallblatt; es öffnet nur den Server, für den es erstellt wurde.',
  },
  'project.unknown': {
    message: 'Dieses Projekt gibt es nicht, oder es ist nicht mit diesem Gerät geteilt.',
    hint: 'Gehen Sie zurück zu Ihren Projekten, und wählen Sie dort eines.',
  },
  'project.epoch_stale': {
    message: 'Das Projekt verwendet inzwischen einen neueren Schlüssel.',
    hint: 'Es wurde nichts gespeichert. Versuchen Sie es noch einmal; dann wird der neue verwendet.',
  },
  'renderer.unknown': {
    message: 'Auf diesem Server läuft kein Renderer.',
    hint: 'Bitten Sie den Betreiber, den Renderer zu starten, oder wählen Sie Vorschaubilder von Ihren Geräten.',
  },
  'upload.unknown': { message: 'Diesen Upload gibt es nicht.', hint: `Vielleicht ist er abgelaufen. ${startAgain}` },
  'upload.closed': {
    message: 'Der Upload ist bereits abgeschlossen, abgebrochen oder abgelaufen.',
    hint: 'Ist er abgeschlossen, bleibt nichts zu tun; sonst beginnen Sie die Datei noch einmal.',
  },
  'upload.conflict': {
    message: 'Es gibt schon einen Upload mit dieser Kennung und anderem Inhalt.',
    hint: `Der erste Upload gilt. ${startAgain}`,
  },
  'upload.too_many': {
    message: 'Dieses Gerät hat zu viele Uploads, die nicht abgeschlossen sind.',
    hint: 'Es wurde nichts gespeichert. Schließen Sie erst einige ab, oder bitten Sie den Inhaber, alte abzubrechen.',
  },
  'upload.part_out_of_range': { message: 'Einen solchen Teil gibt es nicht.', hint: ourMistake },
  'upload.part_size': { message: 'Ein Teil hat die falsche Länge.', hint: `Er wurde nicht gespeichert. ${startAgain}` },
  'upload.digest_missing': { message: 'Einem Teil fehlt seine Prüfsumme.', hint: ourMistake },
  'upload.digest_mismatch': {
    message: 'Ein Teil hat nicht die Prüfsumme, die er angibt.',
    hint: 'Er wurde nicht gespeichert. Senden Sie ihn noch einmal; wiederholt es sich, verändert ihn etwas unterwegs.',
  },
  'upload.part_conflict': {
    message: 'Unter dieser Nummer ist ein anderer Teil gespeichert.',
    hint: 'Der erste Teil gilt. Hat sich die Datei geändert, brechen Sie ab, und beginnen Sie sie noch einmal.',
  },
  'upload.part_missing': {
    message: 'Es fehlen Teile.',
    hint: 'Es wurde nichts abgeschlossen, und kein Teil ging verloren. Setzen Sie den Upload fort.',
  },
  'media.unknown': {
    message: 'Diese Datei gibt es nicht.',
    hint: 'Vielleicht wurde sie entfernt. Gehen Sie zurück zum Projekt.',
  },
  'media.manifest_invalid': {
    message: 'Die Beschreibung der Datei passt nicht zu dem, was hochgeladen wurde.',
    hint: `Es wurde nichts abgeschlossen; die Teile bleiben erhalten. ${startAgain}`,
  },
  'media.replayed': {
    message: 'Diese Kennung gehört schon zu einer anderen Datei.',
    hint: `Die erste Datei gilt. ${startAgain}`,
  },
  'media.too_many_names': {
    message: 'Diese Datei hat schon so viele Namen, wie es geben darf.',
    hint: 'Ihr Inhalt ist gespeichert. Dieser weitere Name wurde nicht hinzugefügt.',
  },
  'blob.unknown': { message: 'Diesen Bestandteil gibt es nicht.', hint: 'Er gehört nicht zu dieser Datei.' },
  'blob.conflict': {
    message: 'Unter dieser Kennung sind schon andere Daten gespeichert.',
    hint: startAgain,
  },
  'blob.missing': {
    message: 'Der Speicher des Servers hat diesen Bestandteil nicht mehr.',
    hint: 'Sagen Sie dem Betreiber Bescheid: Das ist ein Schaden, keine Löschung. Behalten Sie Ihre Kopie.',
  },
  'blob.range': {
    message: 'Der verlangte Bereich liegt außerhalb der Datei.',
    hint: 'Laden Sie die Seite neu. Bleibt es dabei, melden Sie es mit dem Code unten.',
  },
  'job.unknown': {
    message: 'Diesen Auftrag kann man nicht noch einmal versuchen.',
    hint: 'Er ist schon erledigt oder läuft; es wurde nichts geändert. Laden Sie die Seite neu.',
  },
  'quota.exceeded': {
    message: 'Das Kontingent des Projekts ist aufgebraucht.',
    hint: 'Es wurde nichts gespeichert. Bitten Sie den Administrator um mehr Platz, und setzen Sie den Upload dann fort.',
  },
};
