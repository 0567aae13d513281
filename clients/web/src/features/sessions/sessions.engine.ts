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
    end: (sessionId: string): Promise<void> => client.aerie.sessions.end(sessionId),
  };
}
