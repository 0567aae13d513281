import { Injectable } from '@nestjs/common';
import {
  type DeviceRecord,
  type SignedRecord,
  canonicalJson,
  equalBytes,
  parseRecord,
  signedFromWire,
  verifyRecord,
} from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { inTransaction } from '../../platform/database/transaction.js';
import { ApiError, mustHold } from '../../platform/http/api-error.js';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from './caller.js';
import { parseCertificate } from './certificates.js';
import { Device } from './device.entity.js';
import { DevicesService } from './devices.service.js';
import { requireFreeName } from './free-name.js';
import { Member } from './member.entity.js';

/** Gives a device another name, by a record of its member that differs from the one before in the label alone. */
@Injectable()
export class DeviceNamesService {
  constructor(
    private readonly database: DataSource,
    private readonly devices: DevicesService,
    private readonly audit: AuditService,
  ) {}

  async rename(caller: Caller, deviceId: string, wire: SignedRecord): Promise<void> {
    const { memberId } = await this.devices.require(deviceId);
    if (memberId !== caller.memberId) throw new ApiError('record.not_authorized', { detail: 'device.memberId' });
    const member = await this.database.getRepository(Member).findOneByOrFail({ id: memberId });
    const signed = signedFromWire(wire);
    const record = await verifyRecord(
      'device',
      signed,
      await parseCertificate(member.certificateFp, member.certificate),
    );
    await inTransaction(this.database, async (manager) => {
      await requireFreeName(manager, { ...record, memberId, deviceId });
      await this.devices.holdActive(manager, deviceId);
      const stored = await manager.findOneByOrFail(Device, { id: deviceId });
      mustHold(differsInLabelOnly(record, parseRecord('device', stored.record)), 'device');
      if (stored.record.equals(signed.bytes)) return;
      await manager.update(Device, deviceId, {
        record: Buffer.from(signed.bytes),
        signature: Buffer.from(signed.signature),
      });
      await this.audit.record(manager, 'device.renamed', caller, [deviceId]);
    });
  }
}

const differsInLabelOnly = (record: DeviceRecord, before: DeviceRecord): boolean =>
  equalBytes(canonicalJson({ ...record, label: before.label }), canonicalJson(before));
