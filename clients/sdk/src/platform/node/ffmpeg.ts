import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { NoRendition } from '../../previews/rendition-rules.js';

const frameMsMax = 20_000;
/** A JPEG frame of at most 1600 px is under 2 MiB. */
const frameBytesMax = 16 * 1024 * 1024;
const frameSideMax = 1600;
const framePixelsMax = 150_000_000;
/** Containers that cameras write. Playlists and other formats that name further files are not among them. */
const containers = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts';

/**
 * One frame of a video as a JPEG of at most 1600 px, taken at one second, or at the start of a shorter clip.
 * Runs the `ffmpeg` found on the path: local file only, no network, no input, no shell; killed after 20 seconds.
 * @throws NoRendition
 */
export async function videoFrame(path: string): Promise<Uint8Array> {
  const frame = await runFfmpeg(path, 1);
  return frame.length > 0 ? frame : present(await runFfmpeg(path, 0));
}

function present(frame: Uint8Array): Uint8Array {
  if (frame.length === 0) throw new NoRendition('unreadable', 'ffmpeg found no frame in this video');
  return frame;
}

function runFfmpeg(path: string, atSecond: number): Promise<Uint8Array> {
  const limits = ['-max_alloc', '536870912', '-max_pixels', String(framePixelsMax), '-threads', '1'];
  const source = ['-protocol_whitelist', 'file', '-format_whitelist', containers, '-i', `file:${resolve(path)}`];
  const scale = `scale=w='min(${frameSideMax},iw)':h='min(${frameSideMax},ih)':force_original_aspect_ratio=decrease`;
  const frame = ['-map', '0:v:0', '-frames:v', '1', '-vf', scale, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '3'];
  const args = [
    '-nostdin',
    '-hide_banner',
    '-loglevel',
    'error',
    ...limits,
    '-ss',
    String(atSecond),
    ...source,
    ...frame,
  ];
  // Only PATH: proxies, report files and other settings of ffmpeg in the environment are not for this run.
  const child = spawn('ffmpeg', [...args, '-threads', '1', '-f', 'image2pipe', 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), frameMsMax);
  return new Promise((resolveFrame, reject) => {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    child.stdout.on('data', (piece: Uint8Array) => {
      bytes += piece.length;
      if (bytes > frameBytesMax) child.kill('SIGKILL');
      else pieces.push(piece);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        new NoRendition(
          'no_decoder',
          error.code === 'ENOENT' ? 'ffmpeg is not on the path' : 'ffmpeg could not be started',
        ),
      );
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal) reject(new NoRendition('timed_out', 'ffmpeg took too long or gave too much, and was stopped'));
      else if (code !== 0) reject(new NoRendition('unreadable', 'ffmpeg could not read this video'));
      else resolveFrame(Buffer.concat(pieces));
    });
  });
}
