import { Injectable } from '@nestjs/common';
import type { MediaView } from '@aerie/protocol';
import type { EntityManager } from 'typeorm';
import type { ProjectGrant } from '../projects/project-access.js';
import type { NewMedia } from './new-media.js';

/** What a later feature knows of media: it adds members to their views, and hears of new ones. */
export interface MediaAspect {
  /** The members it adds, for each of those media. */
  views(manager: EntityManager, mediaIds: readonly string[]): Promise<(mediaId: string) => Partial<MediaView>>;
  /** Called in the transaction that commits them. */
  committed?(manager: EntityManager, grant: ProjectGrant, added: readonly NewMedia[]): Promise<void>;
}

/** The features that add to the catalog. They announce themselves at start, so the catalog need not know them. */
@Injectable()
export class MediaAspects {
  readonly all: MediaAspect[] = [];
}
