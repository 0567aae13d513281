import type { DeviceSession } from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

declare module '../../platform/engine/engines.js' {
  interface Engines {
    sessions: ReturnType<typeof sessionsEngine>;
  }
}

export default function sessionsEngine(client: Client) {
  return {
    list: (): Promise<DeviceSession[]> => client.aerie.sessions.list(),
    /** All of this member but this one; those of other members stay, also for an owner. @returns how many */
    async endOthers(): Promise<number> {
      const { memberId } = client.aerie.keyring;
      const own = (await client.aerie.sessions.list()).filter(({ device }) => device?.memberId === memberId);
      const others = own.filter(({ current }) => !current);
      for (const { sessionId } of others) await client.aerie.sessions.end(sessionId);
      return others.length;
    },
    end: (sessionId: string): Promise<void> => client.aerie.sessions.end(sessionId),
  };
}
