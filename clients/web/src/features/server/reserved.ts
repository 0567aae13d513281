import type { UnfinishedUpload } from '@aerie/sdk';

/** What one device holds of the space. */
export interface Reserved {
  readonly deviceId: string;
  readonly device: UnfinishedUpload['device'];
  readonly mediaIds: readonly string[];
  readonly bytes: number;
  /** Null stands for those that are not shared with this member. */
  readonly projects: readonly (string | null)[];
  readonly sinceAt: string;
  readonly untilAt: string;
}

/** Unfinished uploads by device, the one that holds most first. */
export function reservedByDevice(uploads: readonly UnfinishedUpload[]): Reserved[] {
  const byDevice = new Map<string, UnfinishedUpload[]>();
  for (const upload of uploads) byDevice.set(upload.deviceId, [...(byDevice.get(upload.deviceId) ?? []), upload]);
  return [...byDevice.values()]
    .map((own) => ({
      deviceId: own[0]!.deviceId,
      device: own[0]!.device,
      mediaIds: own.map(({ mediaId }) => mediaId),
      bytes: own.reduce((sum, { bytesReserved }) => sum + bytesReserved, 0),
      projects: [...new Set(own.map(({ project }) => project))],
      sinceAt: own.map(({ createdAt }) => createdAt).sort()[0]!,
      untilAt: own
        .map(({ expiresAt }) => expiresAt)
        .sort()
        .at(-1)!,
    }))
    .sort((a, b) => b.bytes - a.bytes);
}
