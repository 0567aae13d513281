import type { DeviceKind, SessionView } from '@aerie/protocol';
import type { LocalDevice } from './local-device.js';

/** A log-in that is still good. Times and existence are the server's word; who the device is, is verified. */
export interface DeviceSession extends SessionView {
  /** Of the device, as its member certified it; null where none did. */
  readonly device: {
    readonly label: string;
    readonly kind: DeviceKind;
    readonly memberId: string;
    readonly member: string;
  } | null;
}

export class Sessions {
  constructor(readonly local: LocalDevice) {}

  /** The open sessions of this member; for an owner, of everybody. Those last used come first. @throws TrustError */
  async list(): Promise<DeviceSession[]> {
    const { sessions } = await this.local.http.call('listSessions', {});
    const membership = await this.local.membership({ fresh: true });
    return sessions.map((session) => {
      const known = membership.devices.get(session.deviceId);
      if (!known) return { ...session, device: null };
      const { kind, memberId } = known.record;
      return { ...session, device: { label: known.label, kind, memberId, member: known.member.record.name } };
    });
  }

  /**
   * Ends a session at once. Its device may log in again; revoking the device is what locks it out.
   * @throws ServerProblem `session.unknown` where it has ended, or belongs to another member and this is no owner
   */
  async end(sessionId: string): Promise<void> {
    await this.local.http.call('endSessionOf', { params: { sessionId } });
  }
}
