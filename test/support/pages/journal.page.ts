import { fromBase64, toBase64 } from '@aerie/protocol';
import { openIndexedDbJournal } from '../../../clients/sdk/src/platform/browser/indexeddb-journal.js';

/** The journal, for a test that calls it from outside of the browser: octets travel in base64. */
export async function openJournal(name: string) {
  const journal = await openIndexedDbJournal(name);
  return {
    read: async (list: string) => (await journal.read(list)).map(toBase64),
    write: (list: string, record: string) => journal.write(list, fromBase64(record)),
    append: (list: string, record: string) => journal.append(list, fromBase64(record)),
    remove: (list: string) => journal.remove(list),
    lock: (list: string, wait: boolean) => journal.lock(list, { wait }),
  };
}
