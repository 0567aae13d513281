import { ContainerError, RecordError, containerRefusals, type Problem } from '@aerie/protocol';
import { CryptoError } from './crypto/crypto-error.js';
import { systemFault, systemSentence } from './system-errors.js';

/** What to tell a person about an error: a stable code, what happened, and what to do next. */
export interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly requestId?: string;
}

/** The server answered with a problem (RFC 9457). `problem.code` is the contract. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
  readonly code: Problem['code'];
  readonly hint: string;
  constructor(
    readonly problem: Problem,
    readonly retryAfterMs?: number,
  ) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title);
    this.code = problem.code;
    this.hint = problem.hint;
  }
}

/** No answer, or one that is none of ours, after every attempt. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
  readonly code = 'network.unreachable';
  readonly hint = unreachableHint;
  constructor(why: string, options?: ErrorOptions) {
    super(`The server cannot be reached: ${why}`, options);
  }
}

const betweenHints = {
  'network.too_large':
    'Nothing of this request was stored. Ask whoever runs the server to raise the limit of the proxy for request bodies.',
  'network.redirected':
    'If that is your server, use its address. If it is the log-in page of a network, log in there in a browser first.',
  'network.login':
    'Ask whoever runs this network or the proxy how programs get through. Your keys and your passphrase have nothing to do with it.',
  'network.page':
    'This network may want you to log in first: open any web page in a browser. Otherwise check the address of the server.',
  'network.not_aerie': 'Check the address of the server, and that both are of the same version.',
  'network.proxy': 'Correct the proxy in HTTPS_PROXY or HTTP_PROXY, or name the server in NO_PROXY.',
} as const;

/** Something on the way answered in the server's place, and would again: a proxy, or a network's log-in page. Never retried. */
export class NotTheServer extends Error {
  override readonly name = 'NotTheServer';
  readonly hint: string;
  constructor(
    readonly code: keyof typeof betweenHints,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.hint = betweenHints[code];
  }
}

const distrust = {
  'trust.root':
    'The server shows another organization than the one this device belongs to. Check the address; if it is right, tell the owner.',
  'trust.membership':
    'The server shows members or devices that nobody certified. Nothing was sent. Tell the owner before going on.',
  'trust.fork':
    'The server shows different people different histories of who belongs to the organization. Nothing was sent. Tell the owner before going on.',
  'trust.project':
    'The server shows a project that no owner signed. Nothing was sent or opened. Tell the owner before going on.',
  'trust.epoch':
    'The server offers a project key that no owner signed for it. Nothing was sent. Tell the owner before going on.',
  'trust.rollback':
    'The server shows an older state than this device has seen. It may have been restored from a backup: ask the operator.',
  'trust.envelope':
    'The project key for you is missing, or is not the one that an owner encrypted for you. Ask the owner to share the project again.',
  'trust.manifest':
    'No one who may upload here signed this file as it is shown. It was not opened. Tell the operator, and keep your copy.',
  'trust.blob':
    'What the server sent is not what was uploaded. It was not used. Tell the operator, and keep your copy.',
  'trust.receipt': 'The receipt is not for what was sent. Keep the file; run the command again.',
  'trust.pairing':
    'Someone may be intercepting this: the server, or a person who has seen the code. Nothing was approved. Make a new code, and tell the owner.',
  'trust.reply':
    'The answer was not read to its end, and nothing of it was used. Check the address; if it is right, tell the operator.',
  'trust.lookup': 'The server claims to hold a file but cannot show it. Keep the file and tell the operator.',
} as const;
export type DistrustCode = keyof typeof distrust;

/** What the server says contradicts what was signed. Never retried, never worked around. */
export class TrustError extends Error {
  override readonly name = 'TrustError';
  readonly hint: string;
  constructor(
    readonly code: DistrustCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.hint = distrust[code];
  }
}

const refusals = {
  'device.cannot': 'Use a full device of a member with that right; an upload-only device can only add files.',
  'device.name_taken': 'Nothing was changed. Choose another name; capital and small letters make no difference.',
  'device.unknown': 'Nothing was changed. `aerie device list` shows the devices.',
  'kit.malformed': 'Type the account key exactly as the recovery kit prints it; its last group is a checksum.',
  'client.too_old': 'Nothing was sent or opened. Install the current version of this program, or reload the page.',
  'server.address': 'Nothing was changed. Write it like https://aerie.example.org, without a path.',
  'enrollment.refused': 'Ask the owner for a new enrollment file.',
  'pairing.malformed': 'Type the code as the other device shows it: five groups of four.',
  'pairing.project': 'Nothing was approved. Choose a project for a device that only uploads, and none for any other.',
  'pairing.unanswered': 'This device got no keys. Make a new code, and approve it on a device that has keys already.',
  'pairing.aborted': 'This device got no keys. Make a new code to try again.',
  'rotation.aborted': 'What was replaced stays so. Run `aerie device rotate` to go on, here or on another full device.',
  'project.no_key': 'Ask the owner of the project to share it with you.',
  'picture.none': 'The file itself is complete: use `aerie get`.',
  'range.outside': 'Nothing was written. Ask for a range inside the file; `aerie list` shows its size.',
  'export.differs': 'It was left alone. Move it away, or export to another folder; then run the same command again.',
  'device.last_owner': 'Enroll or recover another full device first.',
  'ingest.too_large': 'Split the file; nothing of it was stored.',
  'ingest.aborted': 'Parts that were acknowledged are kept; run the same command again to go on.',
  'ingest.elsewhere':
    'Let the other window or command finish, or end it; then add this file again. It goes on where the other one stopped.',
  'journal.no_lock': 'Nothing was sent. Set AERIE_HOME to a folder on a disk of this computer, with a shorter path.',
  'keyring.locked': 'Unlock it with its passphrase; uploads go on from where they were.',
  'keyring.replaced': 'Start again: this home or browser now belongs to another device. Its new keys were not touched.',
  'keyring.missing': 'Run `aerie init`, `aerie recover` or `aerie join` first, or set AERIE_HOME.',
} as const;

/** The SDK will not, or cannot, do what was asked; nothing was changed. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly hint: string;
  constructor(
    readonly code: keyof typeof refusals,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.hint = refusals[code];
  }
}

const cryptoHints: Record<CryptoError['reason'], string> = {
  passphrase: 'Check AERIE_PASSPHRASE, or the recovery kit, and try again.',
  weak_kdf:
    'The sealed file asks for a weaker key derivation than we accept. Do not type the passphrase again; tell the owner.',
  costly_kdf:
    'Nothing was derived. The sealed file was not made by Aerie, or was altered: restore it from a copy, and tell the owner.',
  not_for_us: 'Use the device or member that this was sealed for.',
  legacy: 'Ask for a certificate of version 6 (RFC 9580).',
  commitment: distrust['trust.blob'],
  malformed: 'Restore the file from a copy, or use the recovery kit.',
};

const recordHints: Record<RecordError['reason'], string> = {
  signature: distrust['trust.manifest'],
  shape: distrust['trust.manifest'],
  certificate: distrust['trust.manifest'],
};

/** Names of errors that say in their message what to do: those of file sources, and the sealer's. */
const fileProblems: Record<string, string> = {
  FileVanished: 'file.vanished',
  FileChanged: 'file.changed',
  FileUnreadable: 'file.unreadable',
  PlaintextChanged: 'file.changed',
};
/** A browser that does not keep, or has cleared, what uploads need to be resumed; its message says which. */
const journalHint =
  'Uploads can go on, but start again after this page was closed. Free some space, or leave the private window.';
const fileHint = 'The rest of the batch goes on. Ingest this file again once it rests.';
const unreachableHint =
  'What the server acknowledged is kept. Check the address and the network, then run the same command again.';
const internalHint = 'Run the command again; if it persists, report it with this message.';

const under = (prefix: string, hints: Record<string, string>): [string, string][] =>
  Object.entries(hints).map(([reason, hint]) => [`${prefix}.${reason}`, hint]);

/**
 * Every code that `explain` gives in a browser, beside those of the server's error table, and its hint: to be worded
 * again. The system's own errors are Node's alone.
 */
export const clientHints: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries({ ...distrust, ...refusals, ...betweenHints }),
  ...under('crypto', cryptoHints),
  ...Object.keys(containerRefusals).map((reason) => [`container.${reason}`, distrust['trust.blob']]),
  ...under('record', recordHints),
  ...Object.values(fileProblems).map((code) => [code, fileHint]),
  ['journal.lost', journalHint],
  ['network.unreachable', unreachableHint],
  ['client.internal', internalHint],
]);

const ours = [ServerUnreachable, NotTheServer, TrustError, Refusal];

/** Code, message and hint for any thrown value, ours or not. */
export function explain(error: unknown): Explanation {
  if (error instanceof ServerProblem) {
    return { code: error.code, message: error.message, hint: error.hint, requestId: error.problem.requestId };
  }
  if (ours.some((kind) => error instanceof kind)) {
    const { code, message, hint } = error as Refusal;
    return { code, message, hint };
  }
  if (error instanceof CryptoError)
    return { code: `crypto.${error.reason}`, message: error.message, hint: cryptoHints[error.reason] };
  if (error instanceof ContainerError)
    return { code: `container.${error.reason}`, message: error.message, hint: distrust['trust.blob'] };
  if (error instanceof RecordError)
    return { code: `record.${error.reason}`, message: error.message, hint: recordHints[error.reason] };
  return explainOther(error);
}

function explainOther(error: unknown): Explanation {
  const fault = systemFault(error);
  if (fault)
    return { code: fault.code, message: systemSentence(fault, error as { path?: string }), hint: fault.advice };
  const { name = 'Error', message = String(error) } = (error ?? {}) as Partial<Error>;
  const code = fileProblems[name];
  if (code) return { code, message, hint: fileHint };
  if (name === 'JournalLost') return { code: 'journal.lost', message, hint: journalHint };
  if (name === 'AbortError') return explain(new Refusal('ingest.aborted', 'The work was canceled'));
  return { code: 'client.internal', message, hint: internalHint };
}
