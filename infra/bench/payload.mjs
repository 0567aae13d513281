/** What is uploaded: random octets, which neither side can compress, and photographs. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const pieceBytes = 8 * 1024 * 1024;
/** Drawn once each; what differs between two files of the same drawing is a comment, so that all are distinct. */
const drawings = 8;

export async function writeRandomFile(path, bytes) {
  const file = await open(path, 'w');
  for (let left = bytes; left > 0; left -= pieceBytes) await file.write(randomBytes(Math.min(pieceBytes, left)));
  await file.sync();
  await file.close();
}

export async function writeRandomFiles(folder, count, bytes) {
  await mkdir(folder);
  for (let index = 0; index < count; index++) await writeFile(join(folder, `log-${index}.bin`), randomBytes(bytes));
}

/** JPEGs of 1600 by 1200 pixels and about 200 KiB. */
export async function writePhotographs(folder, count) {
  await mkdir(folder);
  const pool = await Promise.all(Array.from({ length: Math.min(drawings, count) }, (_, index) => draw(index)));
  for (let index = 0; index < count; index++) {
    await writeFile(join(folder, `DJI_${index}.JPG`), withComment(pool[index % pool.length], randomBytes(16)));
  }
}

async function draw(index) {
  const { default: sharp } = await import('sharp');
  const [width, height] = [1600, 1200];
  const field = (at) =>
    `<rect x="${(at % 8) * 200}" y="${(at >> 3) * 200}" width="190" height="190" fill="hsl(${60 + index * 9 + at * 3},45%,${30 + (at % 7) * 5}%)"/>`;
  const fields = Array.from({ length: 48 }, (_, at) => field(at)).join('');
  const map = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${fields}</svg>`,
  );
  const noise = {
    create: { width, height, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 11 } },
  };
  const grain = await sharp(noise).raw().toBuffer();
  const raw = { width, height, channels: 3 };
  return sharp(map)
    .flatten()
    .composite([{ input: grain, raw, blend: 'overlay' }])
    .jpeg({ quality: 75 })
    .toBuffer();
}

/** A COM segment after the start of the image (ISO/IEC 10918-1, B.2.4.5). */
function withComment(jpeg, octets) {
  const head = Buffer.from([0xff, 0xfe, 0, octets.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, octets, jpeg.subarray(2)]);
}
