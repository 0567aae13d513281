import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  BundleHead,
  type Commit,
  CommitHead,
  type MediaManifest,
  type Problem,
  type ReplyOf,
  asSealed,
  bundleBytesMax,
  cutBodies,
  problemOf,
  routes,
} from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import { readFrame } from '../../platform/http/read-frame.js';
import { refusalOf } from '../../platform/refusals/refusal-of.js';
import type { Caller } from '../../trust/identity/caller.js';
import { DevicesService } from '../../trust/identity/devices.service.js';
import { ProjectAccess, type ProjectGrant } from '../projects/project-access.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { ObjectStore } from '../../platform/storage/object-store.port.js';
import { type Candidate, isPacked, verifyCommit } from './candidate.js';
import { CommitWriter } from './commit-writer.js';
import { Intake } from './intake.js';
import { Upload } from './upload.entity.js';

type Committed = ReplyOf<typeof routes.commitUpload>;
type Outcome = ReplyOf<typeof routes.commitBundle>['outcomes'][number];

/** Commits: one media whose blobs came in parts, or a bundle of small ones. Both walk the same three steps. */
@Injectable()
export class CommitsService {
  constructor(
    private readonly database: DataSource,
    private readonly store: ObjectStore,
    private readonly access: ProjectAccess,
    private readonly devices: DevicesService,
    private readonly intake: Intake,
    private readonly writer: CommitWriter,
  ) {}

  async commitUpload(caller: Caller, mediaId: string, body: Readable): Promise<Committed> {
    const upload = await this.database.getRepository(Upload).findOneBy({ mediaId, deviceId: caller.deviceId });
    if (!upload) throw new ApiError('upload.unknown');
    if (upload.state === 'aborted' || upload.state === 'expired')
      throw new ApiError('upload.closed', { state: upload.state });
    const stored = await this.intake.take(caller, body, bundleBytesMax, async (octets) => {
      const { head, bodies } = readFrame(octets, CommitHead);
      const [candidate] = await this.verify(caller, upload.projectId, [head.commit], bodies);
      if (candidate instanceof ApiError) throw candidate;
      if (candidate!.mediaId !== mediaId) throw new ApiError('record.mismatch', { detail: 'manifest.mediaId' });
      const kept = await this.storeInline(caller, await this.access.require(caller, upload.projectId, 'add'), [
        candidate!,
      ]);
      return { ...kept, fresh: kept.fresh.map(detached) };
    });
    return (await this.write(caller, stored))[0]!;
  }

  async commitBundle(caller: Caller, projectId: string, body: Readable): Promise<Outcome[]> {
    const grant = await this.access.require(caller, projectId, 'add');
    // Small blobs are stored by the rows themselves, so here the buffer is held until they are written. Nothing is joined.
    return this.intake.take(caller, body, bundleBytesMax, async (octets) => {
      const { head, bodies } = readFrame(octets, BundleHead);
      const verified = (await this.verify(caller, projectId, head.commits, bodies)).map(refuseParts);
      const good = verified.filter((one): one is Candidate => !(one instanceof ApiError));
      const outcomes = new Map(
        (await this.commitEach(caller, grant, good)).map((outcome) => [outcome.mediaId, outcome]),
      );
      return verified.map((one, index) =>
        one instanceof ApiError
          ? { mediaId: claimedId(head.commits[index]!), problem: problemFor(one) }
          : outcomes.get(one.mediaId)!,
      );
    });
  }

  /** Step one: signatures, places, shapes and digests, before anything is written. */
  private async verify(
    caller: Caller,
    projectId: string,
    commits: readonly Commit[],
    bodies: Uint8Array,
  ): Promise<(Candidate | ApiError)[]> {
    const grant = await this.access.require(caller, projectId, 'add');
    const device = await this.devices.certificateOf(caller.deviceId);
    const rendererFp = grant.rendererDeviceId
      ? (await this.devices.require(grant.rendererDeviceId)).certificateFp
      : null;
    const pieces = cutBodies(
      bodies,
      commits.flatMap(({ inline }) => inline.map(({ bytes }) => bytes)),
    );
    const verified: (Candidate | ApiError)[] = [];
    let at = 0;
    for (const commit of commits) {
      const own = pieces.slice(at, (at += commit.inline.length));
      verified.push(await verifyCommit(commit, own, caller, device, grant, rendererFp).catch(refusalOrThrow));
    }
    failpoint('commit.verified');
    return verified;
  }

  /** All together, which is fast; where one is refused, each by itself, so that it alone is refused. */
  private async commitEach(caller: Caller, grant: ProjectGrant, candidates: readonly Candidate[]): Promise<Outcome[]> {
    if (candidates.length === 0) return [];
    try {
      return await this.commitAll(caller, grant, candidates);
    } catch (error) {
      const refusal = refusalOrThrow(error);
      if (candidates.length === 1) return [{ mediaId: candidates[0]!.mediaId, problem: problemFor(refusal) }];
      const outcomes: Outcome[] = [];
      for (const candidate of candidates) outcomes.push(...(await this.commitEach(caller, grant, [candidate])));
      return outcomes;
    }
  }

  private async commitAll(caller: Caller, grant: ProjectGrant, candidates: readonly Candidate[]): Promise<Committed[]> {
    return this.write(caller, await this.storeInline(caller, grant, candidates));
  }

  /** Step two: rows that announce the objects, and the objects. */
  private async storeInline(caller: Caller, grant: ProjectGrant, candidates: readonly Candidate[]): Promise<Stored> {
    const committedBefore = await this.writer.receiptsOf(candidates);
    const fresh = candidates.filter(({ mediaId }) => !committedBefore.has(mediaId));
    const keys = await this.writer.stage(caller, grant, fresh);
    failpoint('commit.staged');
    await Promise.all(
      fresh.flatMap((candidate) =>
        largeInline(candidate).map(async ({ blobId, octets }) => {
          const key = keys.get(blobId);
          // Without a key it is committed already.
          if (key) await this.store.put(key, asSealed(octets), createHash('sha256').update(octets).digest());
        }),
      ),
    );
    failpoint('commit.stored');
    return { grant, mediaIds: candidates.map(({ mediaId }) => mediaId), fresh, committedBefore };
  }

  /** Step three: one transaction that makes the media exist. */
  private async write(caller: Caller, { grant, mediaIds, fresh, committedBefore }: Stored): Promise<Committed[]> {
    const receipts = await this.writer.write(caller, grant, fresh);
    failpoint('commit.done');
    return mediaIds.map((mediaId) => ({
      mediaId,
      receipt: (committedBefore.get(mediaId) ?? receipts.get(mediaId))!,
    }));
  }
}

/** Media of which the store has what came inside the request; only their rows are missing. */
interface Stored {
  readonly grant: ProjectGrant;
  readonly mediaIds: readonly string[];
  readonly fresh: readonly Candidate[];
  /** Receipts of those that were there before. */
  readonly committedBefore: ReadonlyMap<string, string>;
}

/** The candidate without the request's buffer: what goes into rows is copied, at most 64 KiB a blob; the store has the rest. */
function detached(candidate: Candidate): Candidate {
  const large = new Set(largeInline(candidate).map(({ blobId }) => blobId));
  const inline = [...candidate.inline].map(([id, blob]) => {
    const octets = large.has(id) ? new Uint8Array() : Uint8Array.from(blob.octets);
    return [id, { ...blob, octets }] as const;
  });
  return { ...candidate, inline: new Map(inline) };
}

/** A bundle brings every blob along: joining parts takes its time, and here others wait for the buffer. */
function refuseParts(candidate: Candidate | ApiError): Candidate | ApiError {
  if (candidate instanceof ApiError) return candidate;
  const missing = candidate.manifest.blobs.filter(({ blobId }) => !candidate.inline.has(blobId));
  if (missing.length === 0) return candidate;
  return new ApiError('upload.part_missing', { missing: missing.map(({ blobId }) => ({ blobId, parts: [0] })) });
}

/** Inline blobs that become objects of their own. */
const largeInline = (candidate: Candidate) =>
  [...candidate.inline.values()].filter(
    ({ blobId }) => !isPacked(candidate.manifest.blobs.find((blob) => blob.blobId === blobId)!.role),
  );

/** Only refusals that are about one media; anything else is about the server and ends the request. */
function refusalOrThrow(error: unknown): ApiError {
  const refusal = refusalOf(error);
  if (refusal && refusal.code !== 'server.unavailable') return refusal;
  throw error;
}

const problemFor = ({ code, details }: ApiError): Problem => problemOf(code, details);

/** Which media an outcome is about, where the manifest was not good enough to be read with care. */
function claimedId(commit: Commit): string {
  try {
    const { mediaId } = JSON.parse(Buffer.from(commit.manifest.bytes, 'base64').toString()) as MediaManifest;
    return /^[0-9a-f-]{36}$/.test(mediaId) ? mediaId : nobody;
  } catch {
    return nobody;
  }
}
const nobody = '00000000-0000-0000-0000-000000000000';
