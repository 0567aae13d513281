/**
 * Words of the web app where those of the SDK or the server speak of commands, fields, settings or the protocol. By code;
 * for all other codes the original words stand (problems.spec.ts says which may).
 */
import type { Wording } from './wording.js';

const again = 'Try again. If it happens again, reload the page and report it with the code below.';
const ourMistake = 'Nothing was stored. Reload the page; if it happens again, report it with the code below.';
const restLater = 'Nothing of it was stored, and the other files continue. Choose it again once it no longer changes.';
const notAsUploaded =
  'What the server sent is not what was uploaded. It was not used. Tell the operator, and keep your copy.';
const notSigned =
  'This file was not signed by anyone who may upload here. Aerie did not open it. Tell the operator, and keep your copy.';
const tellOwner = 'Tell the owner before you continue.';
const startAgain = 'Start the file again; other files are not affected.';

export const englishProblems: Readonly<Record<string, Partial<Wording>>> = {
  'request.malformed': { message: 'The server could not read the request', hint: ourMistake },
  'request.too_large': { message: 'The request is larger than the server accepts', hint: ourMistake },
  'request.unsupported_type': { message: 'The server expects another kind of data here', hint: ourMistake },
  'request.timeout': { hint: 'Stored parts are kept. Check your connection, then try again.' },
  'request.url_too_long': { hint: ourMistake },
  'request.headers_too_large': { hint: 'Nothing was changed. A proxy may be adding something: ask the operator.' },
  'request.method_unknown': {
    message: 'The server does not know this kind of request',
    hint: 'This page may not fit the version of the server: reload it.',
  },
  'request.unknown_route': {
    message: 'The server does not know this request',
    hint: 'This page may not fit the version of the server: reload it.',
  },
  'request.idempotency_mismatch': {
    message: 'Another request was sent with the same number',
    hint: 'The first request counts. Try again.',
  },
  'request.in_progress': { hint: 'Wait a moment, then try again.' },
  'server.internal': {
    message: 'The server had an error',
    hint: 'Stored files are kept. Try again; if it happens again, give the operator the request id below.',
  },
  'server.unavailable': {
    message: 'Part of the server is not responding',
    hint: 'Stored files are kept. Try again in a moment.',
  },
  'server.storage_full': {
    hint: 'This file was not stored; files stored before are kept. The operator must free up space, then resume.',
  },
  'setup.already_done': {
    message: 'This server already has an organization',
    hint: 'Use your recovery kit, or ask the owner to approve this browser.',
  },
  'setup.token_invalid': {
    message: 'Wrong set-up token',
    hint: 'Open the link that the server printed when it last started; older links no longer work.',
  },
  'setup.needed': { hint: 'Open the link that the server printed when it started.' },
  'session.missing': { message: 'You are not signed in', hint: 'Lock Aerie and unlock it again.' },
  'session.expired': {
    message: 'Your sign-in has expired or was ended',
    hint: 'Lock Aerie and unlock it again; uploads continue where they stopped.',
  },
  'session.challenge_invalid': { message: 'Signing in took too long', hint: 'Try again.' },
  'session.signature_invalid': {
    message: 'The server does not accept the signature of this device',
    hint: 'Check that this browser belongs to this server.',
  },
  'session.unknown': {
    message: 'This sign-in no longer exists',
    hint: 'It has ended already, or you may not end it. Reload the list.',
  },
  'device.unknown': {
    message: 'The server does not know this device',
    hint: 'If it is this browser, use your recovery kit or have it approved again.',
  },
  'device.expired': {
    message: 'The enrollment of this device has expired',
    hint: 'Nothing was stored. Ask the owner to enroll it again; your files are not affected.',
  },
  'access.denied': { message: 'This device is not allowed to do that' },
  'record.signature_invalid': { message: 'A signature could not be verified', hint: ourMistake },
  'record.not_authorized': {
    message: 'The signer is not allowed to do that',
    hint: 'Nothing was stored. Ask an owner of the organization.',
  },
  'record.mismatch': { message: 'Two statements contradict each other', hint: ourMistake },
  'record.conflict': { message: 'Something else with the same id exists', hint: 'The first counts. Try again.' },
  'record.signature': { message: 'A signature is not valid', hint: notSigned },
  'record.shape': { message: 'Signed data has an unexpected form', hint: notSigned },
  'record.certificate': { message: 'The certificate of a signature is not valid', hint: notSigned },
  'pairing.unknown': {
    message: 'No device is waiting with this code',
    hint: 'Nothing was changed. Check the code and the server address; a code is good for one device and ten minutes.',
  },
  'pairing.expired': {
    message: 'The code has expired',
    hint: 'The new device got no keys. Make a new code; if the device is in the list already, revoke it.',
  },
  'pairing.conflict': {
    message: 'The code was used for another device or answer',
    hint: 'The first counts. If that was not you, someone has seen the code: approve nothing, and make a new code.',
  },
  'pairing.unanswered': {
    message: 'This device was not approved in time',
    hint: 'It got no keys. Make a new code, and approve it on a device that already has keys.',
  },
  'recovery.unknown': {
    message: 'This recovery kit does not belong to this server',
    hint: 'Check the server address and the kit; a kit works only with the server it was made for.',
  },
  'project.unknown': {
    message: 'This project does not exist, or is not shared with this device',
    hint: 'Go back to your projects and choose one there.',
  },
  'project.epoch_stale': {
    message: 'The project has a newer key',
    hint: 'Nothing was stored. Try again; the newer key will be used.',
  },
  'renderer.unknown': {
    message: 'No renderer is running on this server',
    hint: 'Ask the operator to start it, or choose previews made on the devices that upload.',
  },
  'upload.unknown': { message: 'This upload no longer exists', hint: `It may have expired. ${startAgain}` },
  'upload.closed': {
    message: 'The upload is already complete, canceled or expired',
    hint: 'If it is complete, there is nothing to do; otherwise start the file again.',
  },
  'upload.conflict': {
    message: 'Another upload with the same id exists',
    hint: `The first counts. ${startAgain}`,
  },
  'upload.too_many': {
    hint: 'Nothing was stored. Finish some first, or ask the owner to cancel old ones.',
  },
  'upload.part_out_of_range': { message: 'The upload has no such part', hint: ourMistake },
  'upload.part_size': {
    message: 'A part of the upload has the wrong length',
    hint: `It was not stored. ${startAgain}`,
  },
  'upload.digest_missing': { message: 'A part of the upload has no checksum', hint: ourMistake },
  'upload.digest_mismatch': {
    message: 'A part of the upload was changed on the way',
    hint: 'It was not stored. Try again; if it happens again, something between here and the server alters it.',
  },
  'upload.part_conflict': {
    message: 'Another part with the same number is stored',
    hint: 'The first counts. If the file changed, cancel it and start it again.',
  },
  'upload.part_missing': {
    message: 'Parts of the upload are missing',
    hint: 'No part was lost. Resume the upload.',
  },
  'media.unknown': {
    message: 'This file does not exist',
    hint: 'It may have been removed. Go back to the project.',
  },
  'media.manifest_invalid': {
    message: 'The description of the file does not match what was uploaded',
    hint: `The uploaded parts are kept. ${startAgain}`,
  },
  'media.replayed': {
    message: 'This id belongs to another file',
    hint: `The first file counts. ${startAgain}`,
  },
  'blob.unknown': { message: 'This part of the file does not exist', hint: 'It does not belong to this file.' },
  'blob.conflict': {
    message: 'Another part with the same id is stored',
    hint: 'The first counts, and nothing of this request was stored. Try again.',
  },
  'blob.missing': {
    message: 'The server has lost this part of the file',
    hint: 'Tell the operator: this is damage, not deletion. Keep your copy.',
  },
  'blob.range': {
    message: 'The requested section lies outside the file',
    hint: 'Reload the page; if it happens again, report it with the code below.',
  },
  'job.unknown': {
    message: 'This job cannot be tried again',
    hint: 'It is done or running already; nothing was changed. Reload the page.',
  },
  'quota.exceeded': {
    message: 'The project has no space left',
    hint: 'Nothing was stored. Ask an administrator for more space, then resume the upload.',
  },

  'trust.root': {
    message: 'The server shows an organization other than yours',
    hint: 'Check the address. If it is right, tell the owner.',
  },
  'trust.roster': {
    message: 'The server shows members or devices that your organization has not certified',
    hint: `Nothing was sent. ${tellOwner}`,
  },
  'trust.project': {
    message: 'The server shows a project that no owner signed',
    hint: `Nothing was sent or opened. ${tellOwner}`,
  },
  'trust.epoch': {
    message: 'The server offers a project key that no owner signed',
    hint: `Nothing was sent. ${tellOwner}`,
  },
  'trust.rollback': {
    message: 'The server shows an older state than this device has seen',
    hint: 'It may have been restored from a backup: ask the operator.',
  },
  'trust.envelope': {
    message: 'Your key for this project is missing or wrong',
    hint: 'Ask the owner to share the project with you again.',
  },
  'trust.manifest': { message: 'The signature does not match what the server shows', hint: notSigned },
  'trust.blob': { message: 'The server sent something else than what was uploaded', hint: notAsUploaded },
  'trust.receipt': {
    message: 'The receipt does not match what was sent',
    hint: 'Keep the file and upload it again.',
  },
  'trust.pairing': {
    message: 'Someone may be intercepting this',
    hint: 'The server, or someone who has seen the code, tried to interfere. Nothing was approved. Make a new code, and tell the owner.',
  },
  'trust.lookup': {
    message: 'The server claims to have a file but cannot show it',
    hint: 'Keep the file, and tell the operator.',
  },

  'range.outside': {
    message: 'The file is shorter than the requested section',
    hint: 'Choose a section inside the file.',
  },
  'export.differs': {
    message: 'Something else is there already',
    hint: 'It was left alone. Move it away, or export to another folder.',
  },
  'device.cannot': {
    message: 'This device cannot do that',
    hint: 'Use a full device of a member with that right; an upload-only device can only upload.',
  },
  'kit.malformed': { message: 'The recovery kit or account key is not correct' },
  'enrollment.refused': {
    message: 'This enrollment does not match the device that was certified',
    hint: 'Ask the owner for a new code.',
  },
  'picture.none': { message: 'No preview available', hint: 'The file itself is complete: download it.' },
  'ingest.too_large': { message: 'The file is too large', hint: 'Nothing of it was stored. Split the file.' },
  'ingest.aborted': { message: 'Canceled', hint: 'Stored parts are kept; resume to continue from there.' },
  'ingest.elsewhere': {
    message: 'Another window is uploading this file',
    hint: 'Let the other window finish, or close it; then add this file again. It continues where the other stopped.',
  },
  'journal.no_lock': { message: 'This browser cannot keep track of uploads', hint: ourMistake },
  'keyring.locked': {
    message: 'Aerie is locked in this browser',
    hint: 'Unlock it with your passphrase; uploads continue where they were.',
  },
  'keyring.missing': {
    message: 'This browser has no keys',
    hint: 'Use your recovery kit, or approve this browser on another device.',
  },

  'crypto.passphrase': {
    message: 'Wrong passphrase',
    hint: 'Check capital and small letters, and try again. With your recovery kit you can set a new passphrase.',
  },
  'crypto.weak_kdf': {
    message: 'The encrypted data asks for weaker protection than Aerie accepts',
    hint: 'Do not type the passphrase again; tell the owner.',
  },
  'crypto.not_for_us': {
    message: 'This is not encrypted for this device or member',
    hint: 'Use the device or member it was encrypted for.',
  },
  'crypto.legacy': {
    message: 'The certificate is of an old kind',
    hint: 'Ask for a certificate of version 6 (RFC 9580).',
  },
  'crypto.commitment': { message: 'The key does not belong to this file', hint: notAsUploaded },
  'crypto.malformed': {
    message: 'The encrypted data is damaged',
    hint: 'Restore it from a copy, or use your recovery kit.',
  },

  'container.not_seipd': { message: 'The file does not begin with encrypted data', hint: notAsUploaded },
  'container.version': { message: 'The file is encrypted in another version', hint: notAsUploaded },
  'container.cipher': { message: 'The file is not encrypted with AES-256', hint: notAsUploaded },
  'container.aead': { message: 'The file is not encrypted in GCM mode', hint: notAsUploaded },
  'container.chunk_size': { message: 'The file is encrypted in pieces of another size', hint: notAsUploaded },
  'container.length': { message: 'The lengths in the file do not match its size', hint: notAsUploaded },
  'container.truncated': { message: 'The file ends too early', hint: notAsUploaded },
  'container.trailing': { message: 'More data follows the end of the file', hint: notAsUploaded },
  'container.authentication': {
    message: 'A piece of the file was changed, moved or encrypted with another key',
    hint: notAsUploaded,
  },
  'container.literal': { message: 'The decrypted file does not begin as it should', hint: notAsUploaded },
  'container.padding': { message: 'The padding of the file is not what it should be', hint: notAsUploaded },
  'container.range': { message: 'The requested section lies outside the file', hint: notAsUploaded },
  'container.segment': { message: 'A section of the file does not have its signed checksum', hint: notAsUploaded },
  'container.root': { message: 'The file does not have its signed checksum', hint: notAsUploaded },

  'file.vanished': { message: 'The file is gone', hint: restLater },
  'file.changed': { message: 'The file changed while it was read', hint: restLater },
  // The SDK says whether it is gone or may not be read.
  'file.unreadable': { hint: 'The other files continue. Check the card and permissions, then choose the file again.' },
  'journal.lost': {
    message: 'This browser does not keep what is needed to resume uploads',
    hint: 'Uploads continue, but start again if you close this page. Free up some space, or leave the private window.',
  },
  'network.unreachable': {
    message: 'Can’t reach the server',
    hint: 'Stored files are kept. Check your connection and that the server is running, then try again.',
  },
  'network.too_large': {
    message: 'A proxy in front of the server refuses requests of this size',
    hint: 'This request was not stored. Ask the operator to raise the size limit of the proxy.',
  },
  'network.redirected': {
    message: 'The address leads to another one',
    hint: 'If that is your server, use its address. If it is the login page of a network, log in there first.',
  },
  'network.login': {
    message: 'A proxy in front of the server asks for a login of its own',
    hint: 'Ask the operator of the network or the proxy. Your keys and your passphrase have nothing to do with it.',
  },
  'network.page': {
    message: 'A web page came instead of the server’s answer',
    hint: 'This network may want you to log in first: open any web page. Otherwise check the server address.',
  },
  'network.not_aerie': {
    message: 'No Aerie server of this version answers at this address',
    hint: 'Check the address, and that the server and this app have the same version.',
  },
  'network.proxy': { message: 'The configured proxy cannot be used', hint: 'Correct the proxy setting.' },
  'client.internal': { message: 'Something went wrong in this browser', isAddedToOriginal: true, hint: again },
  'page.fault': { message: 'Something went wrong on this page', isAddedToOriginal: true, hint: again },
};
