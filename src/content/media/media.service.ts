import { Injectable } from '@nestjs/common';
import { type MediaView, type Pkesk, type QueryOf, type ReplyOf, routes, toBase64 } from '@aerie/protocol';
import { DataSource, type EntityManager, In, Not } from 'typeorm';
import { ApiError } from '../../platform/http/api-error.js';
import type { Caller } from '../../trust/identity/caller.js';
import { signedRecordOf } from '../../trust/identity/wire.js';
import { OutboxService } from '../../platform/jobs/outbox.service.js';
import { KeysService } from '../../trust/keys/keys.service.js';
import { ProjectAccess, type ProjectGrant } from '../projects/project-access.js';
import { Config } from '../../platform/config/config.js';
import { Blob } from './blob.entity.js';
import { CheckMedia } from './check-media.js';
import { damagedAt, replacementsOf, requireReplaced } from './damage.js';
import { Media } from './media.entity.js';
import type { NewMedia } from './new-media.js';
import { MediaAspects } from './media-aspects.js';

/** The catalog of committed media. */
@Injectable()
export class MediaService {
  private readonly checkDelayMs: number;

  constructor(
    private readonly database: DataSource,
    private readonly access: ProjectAccess,
    private readonly keys: KeysService,
    private readonly outbox: OutboxService,
    private readonly aspects: MediaAspects,
    config: Config,
  ) {
    this.checkDelayMs = config.environment.AERIE_CHECK_DELAY_SECONDS * 1000;
  }

  /**
   * Writes committed media, their packets, and the work that follows, in the caller's transaction.
   * @throws ApiError media.manifest_invalid where one replaces what is not in its project
   */
  async store(manager: EntityManager, grant: ProjectGrant, added: readonly NewMedia[]): Promise<void> {
    await requireReplaced(manager, grant, added);
    await manager.insert(
      Media,
      added.map(({ media }) => media),
    );
    await manager.insert(
      Blob,
      added.flatMap(({ blobs }) => [...blobs]),
    );
    await this.keys.store(
      manager,
      added.map(({ media, pkesks }) => ({ mediaId: media.id, pkesks })),
    );
    for (const aspect of this.aspects.all) await aspect.committed?.(manager, grant, added);
    const dueAt = new Date(Date.now() + this.checkDelayMs);
    await this.outbox.enqueue(manager, CheckMedia, { mediaIds: added.map(({ media }) => media.id) }, { dueAt });
  }

  /** Until the transaction ends, no other adds to this media. */
  async lock(manager: EntityManager, mediaId: string): Promise<void> {
    await manager.findOneOrFail(Media, {
      select: { id: true },
      where: { id: mediaId },
      lock: { mode: 'pessimistic_write' },
    });
  }

  /** Adds blobs to media that are committed. @throws ApiError media.unknown where its keys are shredded */
  async addBlobs(
    manager: EntityManager,
    mediaId: string,
    blobs: NewMedia['blobs'],
    pkesks: readonly Pkesk[],
  ): Promise<void> {
    if (!(await this.keys.add(manager, mediaId, pkesks))) throw new ApiError('media.unknown');
    await manager.insert(Blob, [...blobs]);
  }

  /** A page of a project; `after` goes on in the order in which it began. */
  async list(
    caller: Caller,
    projectId: string,
    { after, limit, order }: QueryOf<typeof routes.listMedia>,
  ): Promise<ReplyOf<typeof routes.listMedia>> {
    await this.access.require(caller, projectId, 'read');
    const [isBehind, direction] = order === 'oldest' ? (['>', 'ASC'] as const) : (['<', 'DESC'] as const);
    const query = this.database
      .getRepository(Media)
      .createQueryBuilder('media')
      .where('media.projectId = :projectId', { projectId });
    if (after !== undefined) query.andWhere(`media.position ${isBehind} :after`, { after });
    const page = await query
      .orderBy('media.position', direction)
      .limit(limit + 1)
      .getMany();
    const shown = page.slice(0, limit);
    return { media: await this.views(shown), next: page.length > limit ? shown.at(-1)!.position : null };
  }

  async find(
    caller: Caller,
    projectId: string,
    contentTokens: readonly string[],
  ): Promise<ReplyOf<typeof routes.findMedia>> {
    await this.access.require(caller, projectId, 'read');
    const tokens = contentTokens.map((token) => Buffer.from(token, 'base64'));
    const found = await this.database.getRepository(Media).findBy({ projectId, contentToken: In(tokens) });
    return { found: found.map((media) => ({ contentToken: toBase64(media.contentToken!), mediaId: media.id })) };
  }

  async read(caller: Caller, mediaId: string): Promise<MediaView> {
    const [view] = await this.views([await this.require(caller, mediaId)]);
    return view!;
  }

  /** @throws ApiError media.unknown, the same whether it does not exist or is not the caller's to see */
  async require(caller: Caller, mediaId: string): Promise<Media> {
    const media = await this.database.getRepository(Media).findOneBy({ id: mediaId });
    if (!media) throw new ApiError('media.unknown');
    try {
      await this.access.require(caller, media.projectId, 'read');
    } catch (error) {
      if (error instanceof ApiError && error.code === 'project.unknown') throw new ApiError('media.unknown');
      throw error;
    }
    return media;
  }

  /**
   * A media that the caller may add a name to: one it can read, or one that it added itself.
   * @throws ApiError media.unknown, the same whether it does not exist or is not the caller's
   */
  async requireNamed(caller: Caller, mediaId: string): Promise<{ media: Media; grant: ProjectGrant }> {
    const media = await this.database.getRepository(Media).findOneBy({ id: mediaId });
    const [grant] = media ? await this.access.grants(caller, media.projectId) : [];
    const isTheirs = grant?.verbs.includes('read') || media?.deviceId === caller.deviceId;
    if (!media || !grant?.verbs.includes('add') || !isTheirs) throw new ApiError('media.unknown');
    return { media, grant };
  }

  /** Those of them that are committed, by id, without an access check: for uploads, which know their device. */
  async committed(
    manager: EntityManager,
    mediaIds: readonly string[],
  ): Promise<Map<string, Pick<Media, 'manifest' | 'receipt'> & { damagedAt: Date | null }>> {
    if (mediaIds.length === 0) return new Map();
    const found = await manager.find(Media, {
      where: { id: In([...mediaIds]) },
      select: { id: true, manifest: true, receipt: true },
    });
    const damaged = await damagedAt(
      manager,
      found.map(({ id }) => id),
    );
    return new Map(found.map((media) => [media.id, { ...media, damagedAt: damaged.get(media.id) ?? null }]));
  }

  /** A media that this device added, or null: what it may know of it even where it may read nothing. */
  async addedBy(
    deviceId: string,
    mediaId: string,
    manager = this.database.manager,
  ): Promise<(Pick<Media, 'projectId' | 'receipt' | 'committedAt'> & { damagedAt: Date | null }) | null> {
    const media = await manager.findOneBy(Media, { id: mediaId, deviceId });
    return media && { ...media, damagedAt: (await damagedAt(manager, [mediaId])).get(mediaId) ?? null };
  }

  /** Whether one of those blob ids is taken by a media other than those. */
  othersHaveBlob(blobIds: readonly string[], mediaIds: readonly string[]): Promise<boolean> {
    return this.database.getRepository(Blob).existsBy({ id: In([...blobIds]), mediaId: Not(In([...mediaIds])) });
  }

  /** Has the stored octets of a media read back soon; what is found stands in its view. */
  async requestCheck(caller: Caller, mediaId: string): Promise<void> {
    await this.require(caller, mediaId);
    await this.checkSoon(mediaId);
  }

  /** The same for the server itself, without an access check. */
  checkSoon(mediaId: string): Promise<void> {
    return this.outbox.enqueue(this.database.manager, CheckMedia, { mediaIds: [mediaId] }, { uniqueKey: mediaId });
  }

  private async views(page: readonly Media[]): Promise<MediaView[]> {
    const damaged = await damagedAt(
      this.database.manager,
      page.map(({ id }) => id),
    );
    const replacements = await replacementsOf(this.database.manager, [...damaged.keys()]);
    const others = [...replacements.values()].flat();
    const ids = others.map(({ id }) => id);
    const all = new Map([...damaged, ...(await damagedAt(this.database.manager, ids))]);
    const views = new Map((await this.singleViews([...page, ...others], all)).map((view) => [view.mediaId, view]));
    return page.map(({ id }) => ({
      ...views.get(id)!,
      replacements: (replacements.get(id) ?? []).map((media) => views.get(media.id)!),
    }));
  }

  private async singleViews(
    page: readonly Media[],
    damaged: ReadonlyMap<string, Date>,
  ): Promise<MediaView['replacements']> {
    const ids = page.map(({ id }) => id);
    const manager = this.database.manager;
    const pkesks = await this.keys.read(manager, ids);
    const added = await Promise.all(this.aspects.all.map((aspect) => aspect.views(manager, ids)));
    return page.map((media) => ({
      mediaId: media.id,
      projectId: media.projectId,
      manifest: signedRecordOf({ record: media.manifest, signature: media.signature }),
      renditions: [],
      aliases: [],
      pkesks: pkesks.get(media.id) ?? [],
      receipt: media.receipt,
      committedAt: media.committedAt.toISOString(),
      checkedAt: media.checkedAt?.toISOString() ?? null,
      damagedAt: damaged.get(media.id)?.toISOString() ?? null,
      rendering: 'none',
      ...Object.assign({}, ...added.map((view) => view(media.id))),
    }));
  }
}
