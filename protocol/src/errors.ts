/**
 * The one table of error codes. The code is the contract; titles and hints may be reworded.
 * `hint` says what was kept and what to do next. Sent as RFC 9457 problem details.
 */
export const errorTable = {
  'request.malformed': {
    status: 400,
    title: 'The request could not be read',
    hint: 'Nothing was stored. Correct the fields named in `faults` and send it again.',
  },
  'request.too_large': {
    status: 413,
    title: 'The request body is larger than this route takes',
    hint: 'Nothing was stored. Send no more than `bytesMax` octets.',
  },
  'request.unsupported_type': {
    status: 415,
    title: 'This route takes another kind of body',
    hint: 'Nothing was stored. Send the body with the Content-Type named in “expected”, and without a Content-Encoding.',
  },
  'request.timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    hint: 'Nothing of it was stored; acknowledged parts are kept. Send it again, at 5 kB a second or more.',
  },
  'request.url_too_long': {
    status: 414,
    title: 'The address of the request is too long',
    hint: 'Nothing was changed. Ids are UUIDs of 36 characters.',
  },
  'request.headers_too_large': {
    status: 431,
    title: 'The headers of the request are too large',
    hint: 'Nothing was changed. A client of Aerie needs no large headers; look at what a proxy adds.',
  },
  'request.method_unknown': {
    status: 405,
    title: 'This path does not take that method',
    hint: 'Nothing was changed. The Allow header names the methods that it takes.',
  },
  'request.too_many': {
    status: 429,
    title: 'Too many requests of this kind',
    hint: 'Nothing was changed. Wait as many seconds as Retry-After says, then try again.',
  },
  'request.unknown_route': {
    status: 404,
    title: 'There is no such route',
    hint: 'See /api/docs for the routes of this version.',
  },
  'request.idempotency_mismatch': {
    status: 422,
    title: 'This idempotency key was used for a different request',
    hint: 'The first request stands. Use a new key for a new request.',
  },
  'request.in_progress': {
    status: 409,
    title: 'The same request is still being worked on',
    hint: 'Wait a moment and ask again with the same key.',
  },
  'server.internal': {
    status: 500,
    title: 'The server failed',
    hint: 'What was acknowledged before is kept. Send the request again; tell the operator the request id if it persists.',
  },
  'server.unavailable': {
    status: 503,
    title: 'A part the server needs is not answering',
    hint: 'What was acknowledged before is kept. Try again in a moment.',
  },
  'server.storage_full': {
    status: 507,
    title: 'The disk of the server is full',
    hint: 'Nothing of this request was kept; what was acknowledged before is. The operator must free space, then resume.',
  },
  'setup.already_done': {
    status: 409,
    title: 'This server already has its organization',
    hint: 'Ask its owner to enroll you, or use `aerie recover` with your recovery kit.',
  },
  'setup.token_invalid': {
    status: 403,
    title: 'The set-up token is not the one this server printed',
    hint: 'Read it from the server console, or preset AERIE_SETUP_TOKEN and restart.',
  },
  'setup.needed': {
    status: 409,
    title: 'This server has no organization yet',
    hint: 'Run `aerie init` with the set-up token that the server printed.',
  },
  'session.missing': {
    status: 401,
    title: 'This needs a session',
    hint: 'Log in with the device key and send the token as a bearer token.',
  },
  'session.expired': {
    status: 401,
    title: 'The session has expired or was ended',
    hint: 'Log in again; uploads resume where they stopped.',
  },
  'session.challenge_invalid': {
    status: 401,
    title: 'The challenge is unknown, used or too old',
    hint: 'Ask for a new challenge and sign that one.',
  },
  'session.signature_invalid': {
    status: 401,
    title: 'The signature is not by this device',
    hint: 'Check that the device state belongs to this server.',
  },
  'session.unknown': {
    status: 404,
    title: 'There is no such session',
    hint: 'It has ended already, or is not yours to end. See `aerie session list`.',
  },
  'device.unknown': { status: 404, title: 'There is no such device', hint: 'Enroll the device first.' },
  'device.revoked': {
    status: 403,
    title: 'This device was revoked',
    hint: 'Nothing was stored. Ask the owner to enroll it again if that was a mistake; local files are untouched.',
  },
  'device.expired': {
    status: 403,
    title: 'The enrollment of this device has run out',
    hint: 'Nothing was stored. Ask the owner for a new enrollment file; local files are untouched.',
  },
  'device.name_taken': {
    status: 409,
    title: 'Another device of this member has that name',
    hint: 'Nothing was changed. Choose another name; capital and small letters make no difference.',
  },
  'access.denied': {
    status: 403,
    title: 'This device may not do that',
    hint: 'Nothing was changed. Use a device or member with the right role.',
  },
  'membership.moved': {
    status: 409,
    title: 'Somebody else changed who belongs to the organization in the same moment',
    hint: 'Nothing was stored. Read the new entries, check again, and sign for the new place.',
  },
  'record.signature_invalid': {
    status: 422,
    title: 'The signature of a record does not verify',
    hint: 'Nothing was stored. Sign exactly the bytes that are sent, in the right context.',
  },
  'record.not_authorized': {
    status: 403,
    title: 'The signer may not make this record',
    hint: 'Nothing was stored. The signer must be certified for it by the organization.',
  },
  'record.mismatch': {
    status: 422,
    title: 'A record contradicts the request or another record',
    hint: 'Nothing was stored. `detail` names the field.',
  },
  'record.conflict': {
    status: 409,
    title: 'A different record with this id exists',
    hint: 'The first record stands. Use a new id.',
  },
  'pairing.unknown': {
    status: 404,
    title: 'No device waits under this pairing code',
    hint: 'Nothing was changed. Check the code and the address of the server; a code is good for one device and ten minutes.',
  },
  'pairing.expired': {
    status: 410,
    title: 'The pairing code has run out',
    hint: 'The new device got no keys. Make a new code; revoke the device if the list of devices shows it already.',
  },
  'pairing.conflict': {
    status: 409,
    title: 'The pairing code was used for another device or answer',
    hint: 'The first stands. If it was not yours, somebody has seen the code: approve nothing, and make a new code.',
  },
  'pairing.too_many': {
    status: 429,
    title: 'Too many devices are waiting to be approved',
    hint: 'Nothing was stored. Try again in a few minutes.',
  },
  'recovery.unknown': {
    status: 404,
    title: 'No backup answers to this recovery kit',
    hint: 'Check the server address and the kit; a kit opens only the server it was made for.',
  },
  'project.unknown': {
    status: 404,
    title: 'There is no such project, or this device has no part in it',
    hint: 'Check the project id with `aerie project list`.',
  },
  'project.epoch_stale': {
    status: 409,
    title: 'The project has moved on to another epoch',
    hint: 'Nothing was stored. Fetch the project again and seal to its newest epoch.',
  },
  'renderer.unknown': {
    status: 409,
    title: 'No renderer is waiting on this server',
    hint: 'Start the renderer, or choose sealed previews.',
  },
  'upload.unknown': {
    status: 404,
    title: 'There is no such upload',
    hint: 'It may have expired. Start the file again; nothing else is affected.',
  },
  'upload.closed': {
    status: 409,
    title: 'The upload is already committed, aborted or expired',
    hint: 'See `state`. A committed upload needs nothing more; otherwise start the file again.',
  },
  'upload.conflict': {
    status: 409,
    title: 'An upload with this id and other contents exists',
    hint: 'The first upload stands. Use a new media id.',
  },
  'upload.too_many': {
    status: 409,
    title: 'This device has too many unfinished uploads',
    hint: 'Nothing was stored. Finish or abort some first: at most `uploadsMax` uploads, of `bytesMax` octets together.',
  },
  'upload.part_out_of_range': {
    status: 400,
    title: 'There is no such part',
    hint: 'Nothing was stored. Part numbers run from 0 to `partsMax` - 1.',
  },
  'upload.part_size': {
    status: 422,
    title: 'The part has the wrong length',
    hint: 'The part was not stored; send exactly `bytesExpected` octets.',
  },
  'upload.digest_missing': {
    status: 400,
    title: 'A part needs a Content-Digest header',
    hint: 'Send Content-Digest: sha-256=:<base64>: (RFC 9530).',
  },
  'upload.digest_mismatch': {
    status: 422,
    title: 'The part does not have the digest it claims',
    hint: 'The part was not stored. Send it again; if this repeats, something on the way alters it.',
  },
  'upload.part_conflict': {
    status: 409,
    title: 'Another part with this number is stored',
    hint: 'The first part stands. If the file changed, abort and start it again with a new key.',
  },
  'upload.part_missing': {
    status: 409,
    title: 'Parts are missing',
    hint: 'Nothing was committed and no part was lost. Send the parts in `missing` and commit again.',
  },
  'media.unknown': { status: 404, title: 'There is no such media', hint: 'Check the id with `aerie list`.' },
  'media.manifest_invalid': {
    status: 422,
    title: 'The manifest does not describe what was uploaded',
    hint: 'Nothing was committed; the parts are kept. `detail` names the field.',
  },
  'media.replayed': {
    status: 409,
    title: 'This media id is taken by another manifest',
    hint: 'The first manifest stands. A manifest is good for one media id, once.',
  },
  'media.too_many_names': {
    status: 409,
    title: 'This file is kept under as many names as there may be',
    hint: 'Its content is stored. This further name was not added.',
  },
  'blob.unknown': { status: 404, title: 'There is no such blob', hint: 'It is not part of this media.' },
  'blob.conflict': {
    status: 409,
    title: 'Another blob with this id is stored',
    hint: 'The first blob stands, and nothing of this request was stored. Use new random ids.',
  },
  'blob.missing': {
    status: 500,
    title: 'The store no longer has this blob',
    hint: 'Tell the operator: this is damage, not deletion. Keep your local copy.',
  },
  'blob.range': {
    status: 416,
    title: 'The range lies outside the blob',
    hint: 'Ask for octets below the length in Content-Range.',
  },
  'job.unknown': {
    status: 404,
    title: 'There is no such job to try again',
    hint: 'It is done or running already; nothing was changed. See `aerie server status`.',
  },
  'quota.exceeded': {
    status: 507,
    title: 'The quota of the project is used up',
    hint: 'Nothing was stored. Ask an administrator for more space; `bytesFree` is left.',
  },
} as const satisfies Record<string, { status: number; title: string; hint: string }>;

export type ErrorCode = keyof typeof errorTable;
export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];
