import type { Media } from '@aerie/sdk';
import { cellOf, noFilter, passes } from './cell.js';

const media = (over: Partial<Media>): Media => ({
  mediaId: 'm',
  projectId: 'p',
  verified: true,
  name: 'DJI_0001.JPG',
  path: 'CARD/DCIM/100MEDIA/DJI_0001.JPG',
  aliases: [],
  bytes: 10,
  mime: 'image/jpeg',
  sha256: '',
  capturedAt: '2024-05-01T23:30:00',
  capture: {},
  modifiedAt: '2024-05-02T08:00:00.000Z',
  uploader: null,
  previews: ['thumb'],
  rendering: 'none',
  committedAt: '2024-05-03T08:00:00.000Z',
  damagedAt: null,
  receipt: '',
  ...over,
});
/** As the clock on the wall shows it here. */
const local = (at: string) => Date.parse(at) - new Date(at).getTimezoneOffset() * 60_000;

describe('A cell of the timeline', () => {
  it('stands at the time of capture, as the camera states it', () => {
    expect(cellOf(media({}))).toMatchObject({
      atMs: Date.UTC(2024, 4, 1, 23, 30),
      atSource: 'capture',
      hasThumb: true,
    });
  });

  it('stands at the time of the file without one, and at that of its receipt without either', () => {
    expect(cellOf(media({ capturedAt: null }))).toMatchObject({
      atMs: local('2024-05-02T08:00:00.000Z'),
      atSource: 'modified',
    });
    expect(cellOf(media({ capturedAt: '2024-13-45T00:00:00', modifiedAt: null }))).toMatchObject({
      atMs: local('2024-05-03T08:00:00.000Z'),
      atSource: 'committed',
    });
  });

  it('says that the server found it damaged, and nothing otherwise', () => {
    expect(cellOf(media({ damagedAt: '2024-05-04T08:00:00.000Z' }))).toMatchObject({ isDamaged: true });
    expect(cellOf(media({}))).not.toHaveProperty('isDamaged');
  });

  it('passes by kind and by any part of its name and folders', () => {
    const cell = cellOf(media({}));
    expect(passes(noFilter)(cell)).toBe(true);
    expect(passes({ kind: 'photo', text: ' dji_00 ' })(cell)).toBe(true);
    expect(passes({ kind: 'all', text: '100media/dji' })(cell)).toBe(true);
    expect(passes({ kind: 'video', text: '' })(cell)).toBe(false);
    expect(passes({ kind: 'all', text: '0002' })(cell)).toBe(false);
    expect(passes({ kind: 'other', text: '' })(cellOf(media({ name: null, mime: null })))).toBe(true);
    expect(passes({ kind: 'all', text: 'x' })(cellOf(media({ name: null })))).toBe(false);
  });
});
