import type { UnfinishedUpload } from '@aerie/sdk';
import { reservedByDevice } from './reserved.js';

const upload = (mediaId: string, deviceId: string, bytesReserved: number, hour: number, project: string | null) =>
  ({
    mediaId,
    deviceId,
    bytesReserved,
    project,
    projectId: 'p',
    createdAt: `2026-11-01T0${hour}:00:00.000Z`,
    expiresAt: `2026-11-08T0${hour}:00:00.000Z`,
    device: null,
  }) satisfies UnfinishedUpload;

describe('Reserved space', () => {
  it('is added up for each device, the largest first, with the oldest beginning and the latest end', () => {
    const reserved = reservedByDevice([
      upload('1', 'phone', 100, 3, 'Harbour'),
      upload('2', 'station', 70, 1, 'Harbour'),
      upload('3', 'station', 50, 5, null),
      upload('4', 'station', 1, 2, 'Harbour'),
    ]);
    expect(reserved.map(({ deviceId, bytes, mediaIds }) => [deviceId, bytes, mediaIds])).toEqual([
      ['station', 121, ['2', '3', '4']],
      ['phone', 100, ['1']],
    ]);
    expect(reserved[0]).toMatchObject({
      projects: ['Harbour', null],
      sinceAt: '2026-11-01T01:00:00.000Z',
      untilAt: '2026-11-08T05:00:00.000Z',
    });
  });
});
