export type MembershipFault = 'order' | 'signature' | 'authority' | 'conflict' | 'unsupported';

/** Why an entry does not belong at its place in the membership chain. */
export class MembershipError extends Error {
  override readonly name = 'MembershipError';
  /**
   * @param reason `order`: it is not the entry that follows; `signature`: not signed, or of no known shape; `authority`: signed by
   * one who may not; `conflict`: it contradicts what stands; `unsupported`: critical, and of a type that this version does not know
   */
  constructor(
    readonly reason: MembershipFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
