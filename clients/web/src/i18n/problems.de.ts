/** By code; complete, as i18n/problems.spec.ts checks against every code the SDK and the server know. */
export const germanProblems: Readonly<Record<string, { readonly message: string; readonly hint: string }>> = {
  'crypto.passphrase': {
    message: 'Diese Passphrase öffnet die Schlüssel nicht.',
    hint: 'Prüfen Sie Groß- und Kleinschreibung, und versuchen Sie es noch einmal.',
  },
};
