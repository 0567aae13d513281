import { Injectable } from '@nestjs/common';
import { type SignedRecord, parseRecord, signedFromWire } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { AuditService } from '../audit/audit.service.js';
import { MembershipService } from '../membership/membership.service.js';
import type { Caller } from './caller.js';
import { Device } from './device.entity.js';
import { DevicesService } from './devices.service.js';
import { requireFreeName } from './free-name.js';
import { isSignedBy } from './signed-by.js';

/** Gives a device another name, by an entry of the chain that says nothing else. */
@Injectable()
export class DeviceNamesService {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DevicesService,
    private readonly membership: MembershipService,
    private readonly audit: AuditService,
  ) {}

  /** The name that a device has already is no change. */
  async rename(caller: Caller, deviceId: string, entry: SignedRecord): Promise<void> {
    const { memberId } = await this.devices.require(deviceId);
    if (memberId !== caller.memberId) throw new ApiError('record.not_authorized', { detail: 'device.memberId' });
    const record = parseRecord('device-name', signedFromWire(entry).bytes);
    mustHold(record.deviceId === deviceId, 'device-name.deviceId');
    mustHold(isSignedBy(caller, record.signer), 'device-name.signer');
    const { label } = record;
    await inTransaction(this.database, async (manager) => {
      await this.membership.hold(manager);
      await this.devices.holdActive(manager, deviceId);
      if (await manager.existsBy(Device, { id: deviceId, label })) return;
      if (!(await this.membership.append(manager, [entry]))) return;
      await requireFreeName(manager, { memberId, deviceId, label });
      await manager.update(Device, deviceId, { label });
      await this.audit.record(manager, 'device.renamed', caller, [deviceId]);
    });
  }
}
