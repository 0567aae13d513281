/** What this page needs of its browser before it can do anything. */
export type Lack = 'secure-connection' | 'encryption';

/** @returns what is missing, or null. Asked of the browser itself, by making keys: versions and names tell too little. */
export async function lackOfBrowser(): Promise<Lack | null> {
  if (!isSecureContext) return 'secure-connection';
  const { subtle } = crypto;
  try {
    await subtle.generateKey('Ed25519', false, ['sign']);
    await subtle.generateKey('X25519', false, ['deriveBits']);
    return null;
  } catch {
    return 'encryption';
  }
}
