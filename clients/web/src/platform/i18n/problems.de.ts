/** By code; complete, as i18n/problems.spec.ts checks against every code that the SDK and the server know. */
import type { Wording } from './wording.js';
import { germanServerProblems } from './problems-server.de.js';

const again =
  'Versuchen Sie es noch einmal. Bleibt es dabei, laden Sie die Seite neu, und melden Sie es mit dem Code unten.';
const notAsUploaded =
  'Was der Server gesendet hat, ist nicht, was hochgeladen wurde. Es wurde nicht verwendet. Sagen Sie dem Betreiber Bescheid, und behalten Sie Ihre Kopie.';
const notSigned =
  'Diese Datei wurde von niemandem signiert, der hier hochladen darf. Aerie hat sie nicht geöffnet. Sagen Sie dem Betreiber Bescheid, und behalten Sie Ihre Kopie.';
const tellOwner = 'Sagen Sie dem Inhaber Bescheid, bevor Sie weitermachen.';
const otherFilesGoOn =
  'Die übrigen Dateien werden fortgesetzt. Wählen Sie diese noch einmal, sobald sie unverändert bleibt.';

export const germanProblems: Readonly<Record<string, Wording>> = {
  ...germanServerProblems,

  'trust.root': {
    message: 'Der Server zeigt eine andere Organisation als die, zu der dieses Gerät gehört.',
    hint: 'Prüfen Sie die Adresse. Ist sie richtig, sagen Sie dem Inhaber Bescheid.',
  },
  'trust.membership': {
    message: 'Der Server zeigt Mitglieder oder Geräte, die niemand beglaubigt hat.',
    hint: `Es wurde nichts gesendet. ${tellOwner}`,
  },
  'trust.fork': {
    message: 'Der Server zeigt verschiedenen Personen verschiedene Verläufe davon, wer zu Ihrer Organisation gehört.',
    hint: `Es wurde nichts gesendet. ${tellOwner}`,
  },
  'trust.project': {
    message: 'Der Server zeigt ein Projekt, das kein Inhaber signiert hat.',
    hint: `Es wurde nichts gesendet und nichts geöffnet. ${tellOwner}`,
  },
  'trust.epoch': {
    message: 'Der Server bietet einen Projektschlüssel an, den kein Inhaber dafür signiert hat.',
    hint: `Es wurde nichts gesendet. ${tellOwner}`,
  },
  'trust.rollback': {
    message: 'Der Server zeigt einen älteren Stand, als dieses Gerät schon gesehen hat.',
    hint: 'Vielleicht wurde er aus einer Sicherung wiederhergestellt: Fragen Sie den Betreiber.',
  },
  'trust.envelope': {
    message: 'Der Projektschlüssel für Sie fehlt oder ist falsch.',
    hint: 'Bitten Sie den Inhaber, das Projekt noch einmal freizugeben.',
  },
  'trust.manifest': { message: 'Die Signatur der Datei passt nicht zu dem, was der Server zeigt.', hint: notSigned },
  'trust.blob': { message: 'Die Daten vom Server sind nicht die, die hochgeladen wurden.', hint: notAsUploaded },
  'trust.receipt': {
    message: 'Der Beleg gehört nicht zu dem, was gesendet wurde.',
    hint: 'Behalten Sie die Datei, und laden Sie sie noch einmal hoch.',
  },
  'trust.pairing': {
    message: 'Bei der Freigabe des Geräts stimmt etwas nicht.',
    hint: 'Der Server oder jemand, der den Code gesehen hat, wollte sich dazwischenschalten. Es wurde nichts freigegeben oder übernommen. Erzeugen Sie einen neuen Code, und sagen Sie dem Inhaber Bescheid.',
  },
  'trust.reply': {
    message: 'Der Server antwortet mit mehr, als erfragt war.',
    hint: 'Die Antwort wurde nicht zu Ende gelesen und nicht verwendet. Prüfen Sie die Adresse; stimmt sie, sagen Sie dem Betreiber Bescheid.',
  },
  'trust.lookup': {
    message: 'Der Server behauptet, eine Datei zu haben, kann sie aber nicht zeigen.',
    hint: 'Behalten Sie die Datei, und sagen Sie dem Betreiber Bescheid.',
  },

  'device.cannot': {
    message: 'Dieses Gerät kann das nicht.',
    hint: 'Verwenden Sie ein vollwertiges Gerät eines Mitglieds mit diesem Recht; ein Gerät nur zum Hochladen kann nur hochladen.',
  },
  'kit.malformed': {
    message: 'Das Notfallblatt oder der Kontoschlüssel ist nicht richtig eingegeben.',
    hint: 'Geben Sie den Kontoschlüssel genau so ein, wie er auf dem Notfallblatt steht: sechs Gruppen zu fünf Zeichen. Die letzten vier Zeichen sind eine Prüfsumme.',
  },
  'server.address': {
    message: 'Das ist nicht die Adresse eines Servers.',
    hint: 'Es wurde nichts geändert. Schreiben Sie sie wie https://aerie.example.org, ohne Pfad.',
  },
  'enrollment.refused': {
    message: 'Diese Anmeldung passt nicht zu dem Gerät, das beglaubigt wurde.',
    hint: 'Bitten Sie den Inhaber um einen neuen Code.',
  },
  'pairing.malformed': {
    message: 'Das ist kein vollständiger Kopplungscode.',
    hint: 'Geben Sie den Code ein, wie ihn das andere Gerät zeigt: fünf Gruppen zu vier Zeichen.',
  },
  'pairing.project': {
    message: 'Projekt und Art des Geräts passen nicht zusammen.',
    hint: 'Es wurde nichts freigegeben. Wählen Sie ein Projekt für ein Gerät, das nur hochlädt, und keines für jedes andere.',
  },
  'pairing.unanswered': {
    message: 'Niemand hat dieses Gerät rechtzeitig freigegeben.',
    hint: 'Dieses Gerät hat keine Schlüssel erhalten. Erzeugen Sie einen neuen Code, und geben Sie ihn auf einem Gerät frei, das schon Schlüssel hat.',
  },
  'pairing.aborted': {
    message: 'Die Freigabe wurde abgebrochen.',
    hint: 'Dieses Gerät hat keine Schlüssel erhalten. Erzeugen Sie einen neuen Code, um es noch einmal zu versuchen.',
  },
  'rotation.aborted': {
    message: 'Es wurden noch nicht alle Schlüssel ersetzt.',
    hint: 'Was ersetzt ist, bleibt ersetzt. Machen Sie hier oder auf einem anderen vollen Gerät weiter.',
  },
  'project.no_key': {
    message: 'Dieses Gerät hat keinen Schlüssel zu dem Projekt.',
    hint: 'Bitten Sie den Inhaber des Projekts, es für Sie freizugeben.',
  },
  'picture.none': {
    message: 'Keine Vorschau verfügbar.',
    hint: 'Die Datei selbst ist vollständig: Laden Sie sie herunter.',
  },
  'device.last_owner': {
    message: 'Das ist das letzte vollwertige Gerät eines Inhabers.',
    hint: 'Geben Sie zuerst ein weiteres vollwertiges Gerät frei, oder stellen Sie eines wieder her.',
  },
  'ingest.too_large': {
    message: 'Die Datei ist zu groß.',
    hint: 'Es wurde nichts von ihr gespeichert. Teilen Sie die Datei.',
  },
  'ingest.aborted': {
    message: 'Der Vorgang wurde abgebrochen.',
    hint: 'Bestätigte Teile bleiben erhalten; beim Fortsetzen geht es dort weiter.',
  },
  'ingest.elsewhere': {
    message: 'Ein anderes Fenster oder Programm lädt diese Datei gerade hoch.',
    hint: 'Lassen Sie es fertig werden oder beenden Sie es; fügen Sie die Datei dann erneut hinzu. Es geht dort weiter, wo das andere aufgehört hat.',
  },
  'journal.no_lock': {
    message: 'Hier lässt sich nicht vermerken, was gerade hochgeladen wird.',
    hint: 'Es wurde nichts gesendet. Schließen Sie andere Fenster von Aerie, und laden Sie die Seite neu.',
  },
  'keyring.locked': {
    message: 'Aerie ist in diesem Browser gesperrt.',
    hint: 'Entsperren Sie es mit der Passphrase; Uploads gehen weiter, wo sie waren.',
  },
  'keyring.replaced': {
    message: 'Dieser Browser besitzt jetzt neue Schlüssel.',
    hint: 'Ein anderes Fenster hat sie ersetzt. Laden Sie diese Seite neu; an den neuen Schlüsseln wurde nichts geändert.',
  },
  'keyring.missing': {
    message: 'Dieser Browser besitzt keine Schlüssel.',
    hint: 'Verwenden Sie Ihr Notfallblatt, oder geben Sie diesen Browser auf einem anderen Gerät frei.',
  },

  'crypto.passphrase': {
    message: 'Falsche Passphrase.',
    hint: 'Prüfen Sie Groß- und Kleinschreibung, und versuchen Sie es noch einmal. Mit dem Notfallblatt können Sie eine neue Passphrase setzen.',
  },
  'crypto.weak_kdf': {
    message: 'Die verschlüsselten Daten verlangen einen schwächeren Schutz, als Aerie annimmt.',
    hint: 'Geben Sie die Passphrase nicht noch einmal ein, und sagen Sie dem Inhaber Bescheid.',
  },
  'crypto.costly_kdf': {
    message: 'Das zu öffnen verlangt mehr Speicher oder Zeit, als dieses Gerät hat.',
    hint: 'Es wurde nichts geöffnet. Stellen Sie die Daten aus einer Kopie wieder her, und sagen Sie dem Inhaber Bescheid.',
  },
  'crypto.not_for_us': {
    message: 'Das ist nicht für dieses Gerät oder Mitglied verschlüsselt.',
    hint: 'Verwenden Sie das Gerät oder Mitglied, für das es verschlüsselt wurde.',
  },
  'crypto.legacy': {
    message: 'Das Zertifikat ist von einer alten Art.',
    hint: 'Bitten Sie um ein Zertifikat der Version 6 (RFC 9580).',
  },
  'crypto.commitment': { message: 'Der Schlüssel gehört nicht zu diesem Inhalt.', hint: notAsUploaded },
  'crypto.malformed': {
    message: 'Die verschlüsselten Daten sind beschädigt.',
    hint: 'Stellen Sie sie aus einer Kopie wieder her, oder verwenden Sie das Notfallblatt.',
  },

  'container.not_seipd': { message: 'Der Inhalt beginnt nicht mit verschlüsselten Daten.', hint: notAsUploaded },
  'container.version': { message: 'Der Inhalt ist in einer anderen Version verschlüsselt.', hint: notAsUploaded },
  'container.cipher': { message: 'Der Inhalt ist nicht mit AES-256 verschlüsselt.', hint: notAsUploaded },
  'container.aead': { message: 'Der Inhalt ist nicht im GCM-Verfahren verschlüsselt.', hint: notAsUploaded },
  'container.chunk_size': { message: 'Der Inhalt ist in anderen Stücken verschlüsselt.', hint: notAsUploaded },
  'container.length': { message: 'Die Längen im Inhalt passen nicht zu seiner Größe.', hint: notAsUploaded },
  'container.truncated': { message: 'Der Inhalt endet zu früh.', hint: notAsUploaded },
  'container.trailing': { message: 'Nach dem Ende des Inhalts folgen weitere Daten.', hint: notAsUploaded },
  'container.authentication': {
    message: 'Ein Stück wurde verändert, verschoben oder mit einem anderen Schlüssel verschlüsselt.',
    hint: notAsUploaded,
  },
  'container.literal': { message: 'Der entschlüsselte Inhalt beginnt nicht, wie er soll.', hint: notAsUploaded },
  'container.padding': { message: 'Die Auffüllung des Inhalts ist nicht die, die hingehört.', hint: notAsUploaded },
  'container.range': { message: 'Der verlangte Bereich liegt außerhalb des Inhalts.', hint: notAsUploaded },
  'container.segment': { message: 'Ein Abschnitt hat nicht seine signierte Prüfsumme.', hint: notAsUploaded },
  'container.root': { message: 'Der Inhalt hat nicht seine signierte Prüfsumme.', hint: notAsUploaded },

  'record.signature': { message: 'Die Signatur eines Eintrags ist ungültig.', hint: notSigned },
  'record.shape': { message: 'Ein signierter Eintrag hat nicht die vorgesehene Form.', hint: notSigned },
  'record.certificate': { message: 'Das Zertifikat zu einer Signatur ist ungültig.', hint: notSigned },

  'file.vanished': {
    message: 'Die Datei ist nicht mehr da; nichts von ihr wurde gespeichert.',
    hint: 'Die übrigen Dateien werden fortgesetzt. Legen Sie die Karte wieder ein, und wählen Sie die Datei noch einmal.',
  },
  'file.changed': {
    message: 'Die Datei hat sich beim Lesen geändert; nichts von ihr wurde gespeichert.',
    hint: otherFilesGoOn,
  },
  'file.unreadable': {
    message: 'Die Datei lässt sich nicht lesen; nichts von ihr wurde gespeichert.',
    hint: 'Die übrigen Dateien werden fortgesetzt. Prüfen Sie Karte und Zugriffsrechte, und wählen Sie die Datei noch einmal.',
  },
  'journal.lost': {
    message: 'Der Browser behält nicht, was für das Fortsetzen von Uploads nötig ist.',
    hint: 'Uploads laufen, beginnen aber von vorn, wenn diese Seite geschlossen war. Schaffen Sie Platz, oder verlassen Sie das private Fenster.',
  },
  'network.unreachable': {
    message: 'Der Server ist nicht erreichbar.',
    hint: 'Was der Server bestätigt hat, bleibt erhalten. Prüfen Sie Ihre Verbindung und ob der Server läuft, und versuchen Sie es noch einmal.',
  },
  'range.outside': {
    message: 'Die Datei hat weniger Bytes, als verlangt wurden.',
    hint: 'Verlangen Sie einen Bereich, der in der Datei liegt.',
  },
  'export.differs': {
    message: 'Dort liegt schon etwas anderes, als der Export schreiben würde.',
    hint: 'Es wurde nicht angerührt. Verschieben Sie es, oder exportieren Sie in einen anderen Ordner.',
  },
  'network.too_large': {
    message: 'Ein Proxy vor dem Server nimmt so große Anfragen nicht an.',
    hint: 'Von dieser Anfrage wurde nichts gespeichert. Bitten Sie den Betreiber, die Grenze des Proxys für Anfragen zu erhöhen.',
  },
  'network.redirected': {
    message: 'Die Adresse leitet auf eine andere weiter.',
    hint: 'Ist das Ihr Server, verwenden Sie seine Adresse. Ist es die Anmeldeseite eines Netzes, melden Sie sich dort zuerst im Browser an.',
  },
  'network.login': {
    message: 'Ein Proxy vor dem Server verlangt eine eigene Anmeldung.',
    hint: 'Fragen Sie den Betreiber des Netzes oder des Proxys. Ihre Schlüssel und Ihre Passphrase haben damit nichts zu tun.',
  },
  'network.page': {
    message: 'Statt der Antwort des Servers kam eine Webseite.',
    hint: 'Vielleicht verlangt dieses Netz zuerst eine Anmeldung: Öffnen Sie eine beliebige Webseite. Sonst prüfen Sie die Adresse des Servers.',
  },
  'network.not_aerie': {
    message: 'Unter dieser Adresse antwortet kein Aerie-Server dieser Version.',
    hint: 'Prüfen Sie die Adresse, und ob Server und App dieselbe Version haben.',
  },
  'network.proxy': {
    message: 'Der eingestellte Proxy ist keiner für HTTP.',
    hint: 'Berichtigen Sie die Einstellung des Proxys.',
  },
  'client.too_old': {
    message: 'Diese Seite ist zu alt für Ihre Organisation.',
    hint: 'Es wurde nichts gesendet und nichts geöffnet. Laden Sie die Seite neu.',
  },
  'client.internal': { message: 'In diesem Browser ist etwas schiefgegangen', isAddedToOriginal: true, hint: again },
  'page.fault': { message: 'Auf dieser Seite ist etwas schiefgegangen', isAddedToOriginal: true, hint: again },
};
