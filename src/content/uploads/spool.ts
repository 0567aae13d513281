import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentBytes } from '@aerie/protocol';
import { ApiError } from '../../platform/http/api-error.js';

/** 512 MiB of disk in all: half of what the filesystem store leaves free by default. */
const segmentsMax = 64;
/** A client sends a few bodies at a time. */
const segmentsOfDeviceMax = 8;
const retryAfterSeconds = 30;
const noSpace: unknown[] = ['ENOSPC', 'EDQUOT'];

const refused = (): ApiError => new ApiError('request.too_many', { retryAfterSeconds });

/**
 * Disk space for bodies that come in slowly, so that they hold no memory. A file has no name once it is open, so that it is
 * gone with its body, also where the process is killed.
 */
export class Spool {
  private readonly held = new Map<string, number>();

  /** @param folder is made when missing */
  constructor(private readonly folder: string) {}

  /** @throws ApiError request.too_many where the device, or all devices together, have as much on disk as they may */
  async open(deviceId: string, segments: number): Promise<SpooledBody> {
    const ofDevice = (this.held.get(deviceId) ?? 0) + segments;
    const ofAll = [...this.held.values()].reduce((sum, one) => sum + one, segments);
    if (ofDevice > segmentsOfDeviceMax || ofAll > segmentsMax) throw refused();
    this.held.set(deviceId, ofDevice);
    try {
      return new SpooledBody(await this.namelessFile(), () => this.giveBack(deviceId, segments));
    } catch (error) {
      this.giveBack(deviceId, segments);
      throw asRefusal(error);
    }
  }

  private async namelessFile(): Promise<FileHandle> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, randomBytes(16).toString('hex'));
    const file = await open(path, 'wx+', 0o600);
    await rm(path);
    return file;
  }

  private giveBack(deviceId: string, segments: number): void {
    const left = this.held.get(deviceId)! - segments;
    if (left > 0) this.held.set(deviceId, left);
    else this.held.delete(deviceId);
  }
}

/** The octets of one body, as far as they have come. */
export class SpooledBody {
  private bytes = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly giveBack: () => void,
  ) {}

  /** @throws ApiError request.too_many where the disk is full */
  async append(octets: Uint8Array): Promise<void> {
    for (let done = 0; done < octets.length;) {
      const { bytesWritten } = await this.file
        .write(octets, done, octets.length - done, this.bytes + done)
        .catch((error: unknown) => {
          throw asRefusal(error);
        });
      done += bytesWritten;
    }
    this.bytes += octets.length;
  }

  /** @returns how many octets of the buffer are the body */
  async readInto(buffer: Uint8Array): Promise<number> {
    for (let done = 0; done < this.bytes;) {
      const { bytesRead } = await this.file.read(buffer, done, this.bytes - done, done);
      if (bytesRead === 0) throw new Error('a spooled body is shorter than what was written');
      done += bytesRead;
    }
    return this.bytes;
  }

  async close(): Promise<void> {
    try {
      await this.file.close();
    } finally {
      this.giveBack();
    }
  }
}

/** A slow sender tries again; only slow bodies need this disk, so it is no fault of the store. */
const asRefusal = (error: unknown): unknown =>
  noSpace.includes((error as { code?: unknown }).code) ? refused() : error;

export const segmentsFor = (bytes: number): number => Math.ceil(bytes / segmentBytes);
