import type { Client } from '../../platform/engine/client.js';

export interface OwnCertificate {
  readonly fingerprint: string;
  readonly armored: string;
}

declare module '../../platform/engine/engines.js' {
  interface Engines {
    key: ReturnType<typeof keyEngine>;
  }
}

export default function keyEngine(client: Client) {
  return {
    /** The member's OpenPGP certificate (RFC 9580, 10.1), for other programs. @throws Refusal `device.cannot` */
    async certificate(): Promise<OwnCertificate> {
      const { aerie } = client;
      const armored = await aerie.exportKey({ secret: false });
      return { armored, fingerprint: aerie.local.memberKey.certificate.fingerprint };
    },

    /** The member's secret key, armored, locked with a passphrase. @throws Refusal `device.cannot` */
    secret: (passphrase: string): Promise<string> => client.aerie.exportKey({ secret: true, passphrase }),
  };
}
