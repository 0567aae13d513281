/**
 * Words of the web app where those of the SDK or the server speak of commands, fields, settings or the protocol. By code;
 * for all other codes the original words stand (problems.spec.ts says which may).
 */
import { englishServerProblems } from './problems-server.en.js';
import type { Wording } from './wording.js';

const again = 'Try again. If it happens again, reload the page and report it with the code below.';
const ourMistake = 'Nothing was stored. Reload the page; if it happens again, report it with the code below.';
const restLater = 'Nothing of it was stored, and the other files continue. Choose it again once it no longer changes.';
const notAsUploaded =
  'What the server sent is not what was uploaded. It was not used. Tell the operator, and keep your copy.';
const notSigned =
  'This file was not signed by anyone who may upload here. Aerie did not open it. Tell the operator, and keep your copy.';
const tellOwner = 'Tell the owner before you continue.';

export const englishProblems: Readonly<Record<string, Partial<Wording>>> = {
  ...englishServerProblems,

  'trust.root': {
    message: 'The server shows an organization other than yours',
    hint: 'Check the address. If it is right, tell the owner.',
  },
  'trust.membership': {
    message: 'The server shows members or devices that your organization has not certified',
    hint: `Nothing was sent. ${tellOwner}`,
  },
  'trust.fork': {
    message: 'The server shows different people different histories of who belongs to your organization',
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
  'trust.reply': {
    message: 'The server’s answer is far larger than any it should give',
    hint: 'It was not read. Try again; if it happens again, tell the operator and use the server no further.',
  },
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
  'pairing.malformed': {
    message: 'This code is not complete',
    hint: 'Type it as the other device shows it: five groups of four.',
  },
  'picture.none': { message: 'No preview available', hint: 'The file itself is complete: download it.' },
  'ingest.too_large': { message: 'The file is too large', hint: 'Nothing of it was stored. Split the file.' },
  'ingest.aborted': { message: 'Canceled', hint: 'Stored parts are kept; resume to continue from there.' },
  'rotation.aborted': {
    message: 'Not all keys were replaced',
    hint: 'Keys that were replaced stay replaced. Continue here or on another device with full access.',
  },
  'ingest.elsewhere': {
    message: 'Another window is uploading this file',
    hint: 'Let the other window finish, or close it; then add this file again. It continues where the other stopped.',
  },
  'journal.no_lock': { message: 'This browser cannot keep track of uploads', hint: ourMistake },
  'keyring.locked': {
    message: 'Aerie is locked in this browser',
    hint: 'Unlock it with your passphrase; uploads continue where they were.',
  },
  'keyring.replaced': {
    message: 'This browser has new keys now',
    hint: 'Another window replaced them. Reload this page; the new keys were not touched.',
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
  'crypto.costly_kdf': {
    message: 'Opening this would take more memory or time than this device can give',
    hint: 'Nothing was opened. The data was not made by Aerie, or was changed: restore it from a copy, and tell the owner.',
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

  'file.vanished': {
    message: 'The file is gone',
    hint: 'Nothing of it was stored, and the other files continue. Put the card or disk back, then choose the file again.',
  },
  'file.changed': { message: 'The file changed while it was read', hint: restLater },
  'file.unreadable': {
    message: 'The file cannot be read',
    hint: 'Nothing of it was stored, and the other files continue. Check the card and permissions, then choose the file again.',
  },
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
  'client.too_old': {
    message: 'This page is too old for your organization',
    hint: 'Nothing was sent or opened. Reload the page.',
  },
  'client.internal': { message: 'Something went wrong in this browser', isAddedToOriginal: true, hint: again },
  'page.fault': { message: 'Something went wrong on this page', isAddedToOriginal: true, hint: again },
};
