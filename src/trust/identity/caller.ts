import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { DeviceKind } from '@aerie/protocol';
import type { Principal, RequestOfPrincipal } from '../../platform/http/principal.js';

/** Whose request this is. */
export interface Caller extends Principal {
  readonly memberId: string;
  readonly role: 'owner' | 'member';
  readonly kind: DeviceKind;
  /** Where an upload-only device may add; null elsewhere. */
  readonly projects: readonly string[] | null;
  readonly tokenDigest: Buffer;
}

export type AuthenticatedRequest = RequestOfPrincipal<Caller>;

/** The caller, as the session hook found it. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AuthenticatedRequest>().caller!,
);
