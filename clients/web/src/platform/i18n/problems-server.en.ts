/** The codes of the server's error table (protocol/src/errors.ts), and those of records, which both sides refuse. */
import type { Wording } from './wording.js';

const ourMistake = 'Nothing was stored. Reload the page; if it happens again, report it with the code below.';
const notSigned =
  'This file was not signed by anyone who may upload here. Aerie did not open it. Tell the operator, and keep your copy.';
const startAgain = 'Start the file again; other files are not affected.';

export const englishServerProblems: Readonly<Record<string, Partial<Wording>>> = {
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
  'device.name_taken': { message: 'Another of your devices has that name' },
  'access.denied': { message: 'This device is not allowed to do that' },
  'record.signature_invalid': { message: 'A signature could not be verified', hint: ourMistake },
  'record.not_authorized': {
    message: 'The signer is not allowed to do that',
    hint: 'Nothing was stored. Ask an owner of the organization.',
  },
  'record.mismatch': { message: 'Two statements contradict each other', hint: ourMistake },
  'membership.moved': {
    message: 'Another person changed who belongs to your organization in the same moment',
    hint: 'Nothing was changed. Try again.',
  },
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
  'media.too_many_names': {
    message: 'This file is kept under as many names as there may be',
    hint: 'Its content is stored. This further name was not added.',
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
};
