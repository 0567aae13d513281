import { describe, expect, it } from '@jest/globals';
import { DeviceNames } from './device-names.js';
import type { Roster, TrustedDevice } from './roster.js';

const now = '2026-03-01T12:00:00.000Z';

function rosterOf(...devices: { label: string; memberId?: string; expiresAt?: string; revokedAt?: string }[]): Roster {
  const entries = devices.map(({ label, memberId = 'ada', expiresAt = null, revokedAt = null }, at) => {
    const record = { deviceId: `device-${at}`, memberId, label, expiresAt };
    return [record.deviceId, { record, revokedAt } as TrustedDevice] as const;
  });
  return { devices: new Map(entries) } as unknown as Roster;
}

describe('The names of the devices of a member', () => {
  it('are taken however they are written, and not by their own device', () => {
    const names = new DeviceNames(rosterOf({ label: 'Caf\u00e9 1' }), 'ada', now);
    for (const label of ['café 1', ' CAFÉ 1 ', 'Cafe\u0301 1'])
      expect(() => names.require(label)).toThrow(expect.objectContaining({ code: 'device.name_taken' }));
    expect(names.require(' CAFE\u0301 1 ', 'device-0')).toBe('CAF\u00c9 1');
    expect(names.require('Café 2')).toBe('Café 2');
  });

  it('are free where the device was revoked, has expired, or is of somebody else', () => {
    const names = new DeviceNames(
      rosterOf(
        { label: 'Revoked', revokedAt: now },
        { label: 'Expired', expiresAt: now },
        { label: "Bob's", memberId: 'bob' },
        { label: 'Good', expiresAt: '2026-03-01T12:00:01.000Z' },
      ),
      'ada',
      now,
    );
    for (const label of ['Revoked', 'Expired', "Bob's"]) expect(names.propose(label)).toBe(label);
    expect(names.propose('Good')).toBe('Good 2');
  });

  it('are proposed with the first free number, within what a record takes', () => {
    const long = 'x'.repeat(200);
    const drones = `1${'\u{1f681}'.repeat(99)}`;
    const names = new DeviceNames(
      rosterOf({ label: 'Phone' }, { label: 'phone 2' }, { label: 'Phone 4' }, { label: long }, { label: drones }),
      'ada',
      now,
    );
    expect(names.propose('Phone')).toBe('Phone 3');
    expect(names.propose('phone', 'device-0')).toBe('phone');
    expect(names.propose(long)).toBe(`${'x'.repeat(190)} 2`);
    expect(names.propose(drones)).toBe(`1${'\u{1f681}'.repeat(94)} 2`);
  });
});
