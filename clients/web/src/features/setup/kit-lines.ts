/** What a recovery kit says, for the page that prints it. The form of the text is the SDK's (crypto/recovery-kit.ts). */
export interface KitLines {
  readonly organization: string;
  readonly organizationId: string;
  readonly server: string;
  readonly rootFp: string;
  /** In groups of five. */
  readonly accountKey: readonly string[];
  /** The lines that a device needs to recover, without the prose: what goes into the QR code. */
  readonly essence: string;
}

/** @throws Error where the text is no recovery kit */
export function kitLines(kit: string): KitLines {
  const value = (label: string): string => {
    const match = new RegExp(`^${label}:(.*)$`, 'm').exec(kit);
    if (!match) throw new Error(`the recovery kit lacks its line "${label}"`);
    return match[1]!.trim();
  };
  return {
    organization: value('Organization'),
    organizationId: value('Organization id'),
    server: value('Server'),
    rootFp: value('Root fingerprint'),
    accountKey: value('Account key').split('-'),
    essence: kit
      .split('\n\n')
      .find((paragraph) => paragraph.includes('Account key:'))!
      .replace(/: +/g, ': '),
  };
}
