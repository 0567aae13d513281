import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  BundleHead,
  type Commit,
  CommitHead,
  type MediaManifest,
  type Problem,
  type ReplyOf,
  bundleBytesMax,
  cutBlobs,
  parseRecord,
  problemOf,
  routes,
  signedFromWire,
} from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import { readFrame } from '../../platform/http/read-frame.js';
import { refusalOf } from '../../platform/refusals/refusal-of.js';
import type { Caller } from '../../trust/identity/caller.js';
import { MembershipService } from '../../trust/membership/membership.service.js';
import { ProjectAccess, type ProjectGrant } from '../projects/project-access.js';
import { failpoint } from '../../platform/failpoints/failpoint.js';
import { BundleStore, type Placed } from './bundle-store.js';
import { type Candidate, verifyCommit } from './candidate.js';
import { CommitWriter } from './commit-writer.js';
import { Intake } from './intake.js';
import { type PlacedMedia, placedMedia } from './placed-media.js';
import { Upload } from './upload.entity.js';

type Committed = ReplyOf<typeof routes.commitUpload>;
type Outcome = ReplyOf<typeof routes.commitBundle>['outcomes'][number];

/** Commits: one media whose blobs came in parts, or a bundle of small ones. Both walk the same three steps. */
@Injectable()
export class CommitsService {
  constructor(
    private readonly database: DataSource,
    private readonly bundles: BundleStore,
    private readonly access: ProjectAccess,
    private readonly membership: MembershipService,
    private readonly intake: Intake,
    private readonly writer: CommitWriter,
  ) {}

  async commitUpload(caller: Caller, mediaId: string, body: Readable): Promise<Committed> {
    const upload = await this.database.getRepository(Upload).findOneBy({ mediaId, deviceId: caller.deviceId });
    if (!upload) throw new ApiError('upload.unknown');
    if (upload.state === 'aborted' || upload.state === 'expired')
      throw new ApiError('upload.closed', { state: upload.state });
    const grant = await this.access.require(caller, upload.projectId, 'add');
    const stored = await this.intake.take(caller, body, bundleBytesMax, async (octets) => {
      const { head, bodies } = readFrame(octets, CommitHead);
      const [candidate] = await this.verify(caller, grant, [head.commit], cutBlobs(bodies, head.blobs));
      if (candidate instanceof ApiError) throw candidate;
      if (candidate!.mediaId !== mediaId) throw new ApiError('record.mismatch', { detail: 'manifest.mediaId' });
      return this.store(caller, grant, [candidate!]);
    });
    const [outcome] = await this.settle(stored, () => this.write(caller, grant, stored.media));
    return outcome!;
  }

  async commitBundle(caller: Caller, projectId: string, body: Readable): Promise<Outcome[]> {
    const grant = await this.access.require(caller, projectId, 'add');
    const { refused, stored } = await this.intake.take(caller, body, bundleBytesMax, async (octets) => {
      const { head, bodies } = readFrame(octets, BundleHead);
      const verified = (await this.verify(caller, grant, head.commits, cutBlobs(bodies, head.blobs))).map(refuseParts);
      const good = verified.filter((one): one is Candidate => !(one instanceof ApiError));
      return {
        refused: verified.map((one, index) => (one instanceof ApiError ? refusedAt(head.commits[index]!, one) : null)),
        stored: await this.storeEach(caller, grant, good),
      };
    });
    const outcomes: Outcome[] = [];
    for (const one of stored) {
      if ('problem' in one) outcomes.push(one);
      else outcomes.push(...(await this.settle(one, () => this.writeEach(caller, grant, one.media))));
    }
    return refused.map((refusal) => refusal ?? outcomes.shift()!);
  }

  /** Step one: signatures, places, shapes and digests, before anything is written. */
  private async verify(
    caller: Caller,
    grant: ProjectGrant,
    commits: readonly Commit[],
    blobs: ReadonlyMap<string, Uint8Array>,
  ): Promise<(Candidate | ApiError)[]> {
    const membership = await this.membership.require();
    const verified: (Candidate | ApiError)[] = [];
    for (const commit of commits)
      verified.push(
        await verifyCommit(commit, blobs, caller, grant, membership)
          .catch(async (error: unknown) => {
            const earlier = await this.earlierGrant(error, commit, grant);
            return verifyCommit(commit, blobs, caller, earlier, membership);
          })
          .catch(refusalOrThrow),
      );
    failpoint('commit.verified');
    return verified;
  }

  /**
   * The grant that a media was committed with, under an epoch before and by this very manifest: its answer may have been
   * lost, and is given again. @throws `error` for any other
   */
  private async earlierGrant(error: unknown, { manifest }: Commit, grant: ProjectGrant): Promise<ProjectGrant> {
    if (!(error instanceof ApiError) || error.code !== 'project.epoch_stale') throw error;
    const { bytes } = signedFromWire(manifest);
    const { mediaId, epoch, epochFp } = parseRecord('media-manifest', bytes);
    if (!(await this.writer.isCommitted(mediaId, bytes))) throw error;
    return { ...grant, epoch, epochFp };
  }

  /** Step two: a row that announces the object, and the object. What is committed already is not stored again. */
  private async store(caller: Caller, grant: ProjectGrant, candidates: readonly Candidate[]): Promise<Stored> {
    const receipts = await this.writer.receiptsOf(candidates);
    const fresh = candidates.filter(({ mediaId }) => !receipts.has(mediaId));
    await this.writer.requireNewBlobs(fresh);
    const carried = fresh.flatMap((candidate) => candidate.carried);
    const placed = await this.bundles.place(grant.projectId, caller.deviceId, fresh.length, carried);
    failpoint('commit.stored');
    const media = candidates.map((candidate) => placedMedia(candidate, placed, receipts.get(candidate.mediaId)));
    return { media, placed };
  }

  /** All together, which is fast; where one is refused, halves, until it alone is refused. */
  private async storeEach(
    caller: Caller,
    grant: ProjectGrant,
    candidates: readonly Candidate[],
  ): Promise<(Stored | Refused)[]> {
    if (candidates.length === 0) return [];
    try {
      return [await this.store(caller, grant, candidates)];
    } catch (error) {
      return inHalves(candidates, error, (half) => this.storeEach(caller, grant, half));
    }
  }

  /** Step three: one transaction that makes the media exist. */
  private async write(caller: Caller, grant: ProjectGrant, media: readonly PlacedMedia[]): Promise<Written[]> {
    const receipts = await this.writer.write(
      caller,
      grant,
      media.filter(({ receipt }) => receipt === undefined),
    );
    failpoint('commit.done');
    return media.map(({ mediaId, receipt }) => ({ mediaId, receipt: receipt ?? receipts.get(mediaId)! }));
  }

  /** Into the one object that they have in common: of one that is refused, the octets lie dead there until it is compacted. */
  private async writeEach(
    caller: Caller,
    grant: ProjectGrant,
    media: readonly PlacedMedia[],
  ): Promise<(Written | Refused)[]> {
    try {
      return await this.write(caller, grant, media);
    } catch (error) {
      return inHalves(media, error, (half) => this.writeEach(caller, grant, half));
    }
  }

  /** Gives up the object where it is certain that nothing came to lie in it; where it is not, reclaiming decides. */
  private async settle<T>({ placed }: Stored, write: () => Promise<T[]>): Promise<T[]> {
    const outcomes = await write().catch(async (error: unknown) => {
      if (refusalOfMedia(error)) await this.bundles.discard(placed);
      throw error;
    });
    await this.bundles.discard(placed);
    return outcomes;
  }
}

type Written = Committed;
type Refused = Exclude<Outcome, Committed>;

/** Media of which the store has what came inside the request; only their rows are missing. */
interface Stored {
  readonly media: readonly PlacedMedia[];
  readonly placed: Placed;
}

/** A bundle brings every blob along: joining parts takes its time, and here the other media would wait for it. */
function refuseParts(candidate: Candidate | ApiError): Candidate | ApiError {
  if (candidate instanceof ApiError) return candidate;
  const carried = new Set(candidate.carried.map(({ blobId }) => blobId));
  const missing = candidate.manifest.blobs.filter(({ blobId }) => !carried.has(blobId));
  if (missing.length === 0) return candidate;
  return new ApiError('upload.part_missing', { missing: missing.map(({ blobId }) => ({ blobId, parts: [0] })) });
}

/** Does the halves of what was refused as a whole, one after the other; one that is refused by itself has that outcome. */
async function inHalves<M extends { readonly mediaId: string }, T>(
  media: readonly M[],
  error: unknown,
  work: (half: readonly M[]) => Promise<T[]>,
): Promise<(T | Refused)[]> {
  const refusal = refusalOrThrow(error);
  if (media.length === 1) return [{ mediaId: media[0]!.mediaId, problem: problemFor(refusal) }];
  const middle = Math.ceil(media.length / 2);
  return [...(await work(media.slice(0, middle))), ...(await work(media.slice(middle)))];
}

/** A refusal that is about one media; anything else is about the server and ends the request. */
function refusalOfMedia(error: unknown): ApiError | undefined {
  const refusal = refusalOf(error);
  return refusal?.code.startsWith('server.') ? undefined : refusal;
}

function refusalOrThrow(error: unknown): ApiError {
  const refusal = refusalOfMedia(error);
  if (refusal) return refusal;
  throw error;
}

const problemFor = ({ code, details }: ApiError): Problem => problemOf(code, details);

/** Which media an outcome is about, where the manifest was not good enough to be read with care. */
function refusedAt(commit: Commit, refusal: ApiError): Refused {
  return { mediaId: claimedId(commit), problem: problemFor(refusal) };
}

function claimedId(commit: Commit): string {
  try {
    const { mediaId } = JSON.parse(Buffer.from(commit.manifest.bytes, 'base64').toString()) as MediaManifest;
    return /^[0-9a-f-]{36}$/.test(mediaId) ? mediaId : nobody;
  } catch {
    return nobody;
  }
}
const nobody = '00000000-0000-0000-0000-000000000000';
