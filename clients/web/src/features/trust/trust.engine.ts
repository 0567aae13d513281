import type { Client } from '../../platform/engine/client.js';

/** What is so on this installation, by its signed records. */
export interface TrustFacts {
  readonly organization: string;
  readonly rootFp: string;
  readonly members: number;
  /** Neither revoked nor run out. */
  readonly devices: number;
  readonly uploadOnlyDevices: number;
  readonly projects: number;
  /** Names of the projects whose pictures a renderer sees. */
  readonly assisted: readonly string[];
}

declare module '../../platform/engine/engines.js' {
  interface Engines {
    trust: ReturnType<typeof trustEngine>;
  }
}

export default function trustEngine(client: Client) {
  return {
    async facts(): Promise<TrustFacts> {
      const { aerie } = client;
      const [membership, projects, now] = await Promise.all([
        aerie.local.membership(),
        aerie.projects.list(),
        aerie.local.time(),
      ]);
      const good = [...membership.devices.values()].filter(
        ({ record, revokedAt }) => revokedAt === null && (record.expiresAt === null || record.expiresAt > now),
      );
      return {
        organization: membership.organization.name,
        rootFp: aerie.keyring.rootFp,
        members: membership.members.size,
        devices: good.length,
        uploadOnlyDevices: good.filter(({ record }) => record.kind === 'upload-only').length,
        projects: projects.length,
        assisted: projects.filter(({ previews }) => previews === 'assisted').map(({ name }) => name),
      };
    },
  };
}
