/** A problem in the words of one language. */
export interface Wording {
  readonly message: string;
  readonly hint: string;
  /** Codes that stand for anything: the original message says what it was. */
  readonly isAddedToOriginal?: boolean;
}
