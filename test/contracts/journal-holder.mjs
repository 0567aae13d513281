/** Another process with the journal of a folder: takes and gives up locks as it is told, a line each, and says what came of it. */
import { createInterface } from 'node:readline';
import { openFolderJournal } from '@aerie/sdk/node';

const journal = await openFolderJournal(process.argv[2]);
const locks = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, name, wait, release } = JSON.parse(line);
  const say = (state) => process.stdout.write(`${JSON.stringify({ id, state })}\n`);
  if (release) {
    await locks.get(id).release();
    say('released');
  } else {
    void journal.lock(name, { wait }).then((lock) => {
      locks.set(id, lock);
      say(lock ? 'held' : 'refused');
    });
  }
}
