/**
 * Where the words of the SDK or the server speak of commands, fields or settings, those of the web app. By code; for all
 * other codes the original words stand (problems.spec.ts).
 */
import type { Wording } from './wording.js';

const again = 'Try again; if it persists, reload the page and report it with the code below.';
const madeOfUs = 'Nothing was stored. Reload the page; if it persists, report it with the code below.';
const restLater = 'Nothing of it was stored, and the rest goes on. Choose the file again once it rests.';

export const englishProblems: Readonly<Record<string, Partial<Wording>>> = {
  'request.malformed': { hint: madeOfUs },
  'request.too_large': { hint: madeOfUs },
  'request.unsupported_type': { hint: madeOfUs },
  'request.url_too_long': { hint: madeOfUs },
  'setup.already_done': { hint: 'Use your recovery kit, or ask the owner to approve this browser.' },
  'setup.token_invalid': {
    hint: 'Open the link that the server printed when it started last; an older one is good no longer.',
  },
  'setup.needed': { hint: 'Open the link that the server printed when it started.' },
  'session.missing': { hint: 'Lock Aerie and unlock it again.' },
  'session.unknown': { hint: 'It has ended already, or is not yours to end. Reload the list of sessions.' },
  'device.unknown': {
    hint: 'The server does not know it, or no longer. If it is this browser, use your recovery kit or have it approved.',
  },
  'record.mismatch': { hint: madeOfUs },
  'project.unknown': { hint: 'Go back to your projects and choose one there.' },
  'upload.closed': { hint: 'If it is committed, nothing more is needed; otherwise start the file again.' },
  'upload.part_out_of_range': { hint: madeOfUs },
  'upload.part_size': { hint: 'The part was not stored. Start the file again.' },
  'upload.part_missing': { hint: 'Nothing was committed and no part was lost. Resume the upload.' },
  'media.unknown': { hint: 'It may have been removed. Go back to the project.' },
  'media.manifest_invalid': { hint: 'Nothing was committed; the parts are kept. Start the file again.' },
  'job.unknown': { hint: 'It is done or running already; nothing was changed. Reload the page.' },
  'quota.exceeded': { hint: 'Nothing was stored. Ask an administrator for more space, then resume the upload.' },
  'trust.receipt': { hint: 'The receipt is not for what was sent. Keep the file and upload it again.' },
  'picture.none': { hint: 'The file itself is complete: download it.' },
  'ingest.aborted': { hint: 'Parts that were acknowledged are kept; resume to go on from there.' },
  'upload.too_many': { hint: 'Nothing was stored. Let some uploads of this device finish, then resume this one.' },
  'ingest.elsewhere': {
    hint: 'Let the other window or program finish, or close it; then add this file again. It continues where the other one stopped.',
  },
  'journal.no_lock': { hint: 'Nothing was sent. Use a folder with a shorter path on a disk of this computer.' },
  'range.outside': { hint: 'Ask for a range inside the file.' },
  'export.differs': { hint: 'It was left alone. Move it away, or export to another folder.' },
  'enrollment.refused': { hint: 'Ask the owner for a new code.' },
  'keyring.missing': { hint: 'Use your recovery kit, or approve this browser on another device.' },
  'crypto.passphrase': {
    message: 'That does not open the keys',
    hint: 'Check capital and small letters, and try again. With your recovery kit you can set a new passphrase.',
  },
  'file.vanished': { message: 'The file is gone', hint: restLater },
  'file.changed': { message: 'The file changed while it was read', hint: restLater },
  'file.unreadable': { hint: 'The rest goes on. Correct that, then choose the file again.' },
  'network.unreachable': {
    message: 'Can’t reach the server.',
    hint: 'What the server acknowledged is kept. Check your connection and that the server runs, then try again.',
  },
  'client.internal': { hint: again },
  'page.fault': { hint: again },
};
