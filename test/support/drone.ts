import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Enrollment, join } from '@aerie/sdk';
import type { Owner } from './people.js';
import { RawDevice } from './raw.js';

/** A new device of the owner that may only add files, to one project; with its enrollment file beside her home. */
export async function enrollDrone(owner: Owner, projectId: string): Promise<RawDevice> {
  const file = `${owner.home}/../${randomUUID()}.json`;
  await owner.must('device', 'enroll', '--project', projectId, '--upload-only', '--out', file);
  return RawDevice.open(await join(Enrollment.parse(JSON.parse(readFileSync(file, 'utf8')))));
}
