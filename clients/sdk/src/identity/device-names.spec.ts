import { beforeAll, describe, expect, it } from '@jest/globals';
import { Organization, as } from '../../../../test/support/organization.js';
import { DeviceNames } from './device-names.js';

const now = '2026-03-01T12:00:00.000Z';

describe('The names of the devices of a member', () => {
  let org: Organization;
  beforeAll(async () => {
    org = await Organization.found();
  });

  const call = (label: string, change: { kind?: 'upload-only'; expiresAt?: string } = {}, person = org.owner) =>
    org.addDevice(person, change.kind, { label, ...change });
  const names = () => new DeviceNames(org.membership, org.owner.memberId, now);

  it('are taken however they are written, and not by their own device', async () => {
    const { deviceId } = await call('Caf\u00e9 1');
    for (const label of ['café 1', ' CAFÉ 1 ', 'Cafe\u0301 1'])
      expect(() => names().require(label)).toThrow(expect.objectContaining({ code: 'device.name_taken' }));
    expect(names().require(' CAFE\u0301 1 ', deviceId)).toBe('CAF\u00c9 1');
    expect(names().require('Café 2')).toBe('Café 2');
  });

  it('are free where the device was revoked, has expired, or is of somebody else', async () => {
    await org.append(org.revocationDraft(await call('Revoked'), org.laptop));
    await call('Expired', { kind: 'upload-only', expiresAt: now });
    await call('Good', { kind: 'upload-only', expiresAt: '2026-03-01T12:00:01.000Z' });
    await call("Bob's", {}, await org.addMember('member'));
    for (const label of ['Revoked', 'Expired', "Bob's"]) expect(names().propose(label)).toBe(label);
    expect(names().propose('Good')).toBe('Good 2');
  });

  it('are those that the devices have by now, and no longer those they were certified with', async () => {
    const { deviceId } = await call('Old');
    const said = { type: 'device-name', signer: as(org.laptop), deviceId, label: 'New' } as const;
    await org.append({ said, key: org.laptop.key });
    expect(names().propose('Old')).toBe('Old');
    expect(names().propose('new')).toBe('new 2');
  });

  it('are proposed with the first free number, within what a record takes', async () => {
    const long = 'x'.repeat(200);
    const drones = `1${'\u{1f681}'.repeat(99)}`;
    const { deviceId } = await call('Phone');
    for (const label of ['phone 2', 'Phone 4', long, drones]) await call(label);
    expect(names().propose('Phone')).toBe('Phone 3');
    expect(names().propose('phone', deviceId)).toBe('phone');
    expect(names().propose(long)).toBe(`${'x'.repeat(190)} 2`);
    expect(names().propose(drones)).toBe(`1${'\u{1f681}'.repeat(94)} 2`);
  });
});
