/** Footage for measurements in a browser: a project of many media with pictures, and a long video. All of it is drawn. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** So many different pictures; more would tell a gallery nothing new and take sharp an hour. */
const pictureCount = 64;
const photographsPerDay = 100;
const dayMs = 24 * 60 * 60 * 1000;

async function drawPictures() {
  const draw = async (i, width, height) => {
    const hue = Math.round((360 * i) / pictureCount);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <rect width="100%" height="100%" fill="hsl(${hue},35%,60%)"/>
      <path d="M0 ${height * 0.62} L${width * 0.3} ${height * 0.4} L${width * 0.55} ${height * 0.7} L${width} ${height * 0.35} V${height} H0z" fill="hsl(${hue + 90},30%,35%)"/>
      <text x="50%" y="45%" font-size="${height / 5}" text-anchor="middle" fill="#fff">${i}</text></svg>`;
    return Uint8Array.from(await sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer());
  };
  return Promise.all(
    Array.from({ length: pictureCount }, async (_, i) => ({
      original: await draw(i, 640, 480),
      thumb: await draw(i, 320, 240),
    })),
  );
}

/**
 * Items for `uploads.ingest`: JPEGs of some 10 kB, no two alike, a hundred for each day.
 * @param count how many
 */
export async function* photographs(count) {
  const pictures = await drawPictures();
  for (let i = 0; i < count; i++) {
    const { original, thumb } = pictures[i % pictureCount];
    // After the end of a JPEG anything may stand.
    const bytes = new Uint8Array(Buffer.concat([original, Buffer.from(`photograph ${i}`)]));
    const takenAt = new Date(Date.UTC(2026, 3, 1) + Math.floor((dayMs * i) / photographsPerDay));
    yield {
      path: `DJI_${i}.JPG`,
      name: `DJI_${String(i).padStart(5, '0')}.JPG`,
      mime: 'image/jpeg',
      modifiedAt: takenAt,
      resumeKey: null,
      source: {
        bytes: bytes.length,
        read: async (start, end) => bytes.slice(start, end),
        sha256: async () => new Uint8Array(createHash('sha256').update(bytes).digest()),
        assertUnchanged: async () => {},
        close: async () => {},
      },
      folder: '',
      captureFacts: async () => ({ capturedAt: takenAt.toISOString().slice(0, 19) }),
      makePictures: async () => ({ thumb }),
    };
  }
}

/**
 * Writes an MP4 (H.264, 1920 x 1080, 30 frames a second) of about that size with its index at the end, as cameras do.
 * Needs ffmpeg.
 */
export async function writeVideo(path, bytes) {
  const bitsPerSecond = 80_000_000;
  const seconds = Math.ceil((8 * bytes) / bitsPerSecond);
  const rate = String(bitsPerSecond);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=1920x1080:rate=30:duration=${seconds}`];
  // Filled up to the rate of a camera: drawn pictures would compress to nothing.
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '30', '-b:v', rate];
  const filled = ['-minrate', rate, '-maxrate', rate, '-bufsize', rate, '-x264-params', 'nal-hrd=cbr'];
  const child = spawn('ffmpeg', ['-v', 'error', '-y', ...picture, ...coding, ...filled, path], { stdio: 'inherit' });
  const code = await new Promise((done, fail) => child.on('error', fail).on('close', done));
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}
