import type { DeviceSession } from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

export function sessionsEngine(client: Client) {
  return {
    list: (): Promise<DeviceSession[]> => client.aerie.sessions.list(),
    end: (sessionId: string): Promise<void> => client.aerie.sessions.end(sessionId),
  };
}
