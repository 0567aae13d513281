import type { EntrySigner } from '@aerie/protocol';
import type { Caller } from './caller.js';

/** Whether it is the calling device itself that an entry names as its signer. */
export const isSignedBy = (caller: Caller, signer: EntrySigner): boolean =>
  signer.by === 'device' && signer.deviceId === caller.deviceId && signer.memberId === caller.memberId;
