import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../audit/audit.service.js';

/** What a later feature does when a device may act no longer. */
export interface DeviceAspect {
  /** Called in the transaction that revokes the device, while its row is held. */
  deviceEnded(manager: EntityManager, deviceId: string, by: Actor): Promise<void>;
}

/** The features that hold something for a device. They announce themselves at start, so that identity need not know them. */
@Injectable()
export class DeviceAspects {
  readonly all: DeviceAspect[] = [];
}
