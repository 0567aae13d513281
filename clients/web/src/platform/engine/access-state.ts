/** What this browser is to the server, and whether its keys are in memory. */
interface Known {
  readonly organization: string;
  readonly device: string;
}
/** `setup`: the server has no organization. `none`: this browser is no device yet. */
export type AccessState =
  | { readonly kind: 'setup' }
  | { readonly kind: 'none' }
  | ({ readonly kind: 'locked' } & Known)
  | ({
      readonly kind: 'open';
      readonly deviceKind: 'full' | 'upload-only' | 'renderer';
      readonly isKitConfirmed: boolean;
    } & Known);
