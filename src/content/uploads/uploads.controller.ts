import { Controller, Headers } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { type Caller, CurrentCaller } from '../../trust/identity/caller.js';
import { CommitsService } from './commits.service.js';
import { parseContentDigest } from './content-digest.js';
import { OpenUploadsService } from './open-uploads.service.js';
import { UploadsService } from './uploads.service.js';

@Controller()
export class UploadsController {
  constructor(
    private readonly uploads: UploadsService,
    private readonly open: OpenUploadsService,
    private readonly commits: CommitsService,
  ) {}

  @Serves(routes.createUpload)
  create(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.createUpload>) {
    return this.uploads.create(caller, params.projectId, params.mediaId, body);
  }

  @Serves(routes.readUpload)
  read(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<typeof routes.readUpload>) {
    return this.uploads.read(caller, params.mediaId);
  }

  @Serves(routes.putPart)
  putPart(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<typeof routes.putPart>,
    @Headers('content-digest') digest: string | undefined,
  ) {
    return this.uploads.putPart(caller, params, parseContentDigest(digest), body);
  }

  @Serves(routes.commitUpload)
  commit(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.commitUpload>) {
    return this.commits.commitUpload(caller, params.mediaId, body);
  }

  @Serves(routes.abortUpload)
  abort(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<typeof routes.abortUpload>) {
    return this.open.abort(caller, params.mediaId);
  }

  @Serves(routes.listUploads)
  list() {
    return this.open.list();
  }

  @Serves(routes.commitBundle)
  async commitBundle(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.commitBundle>) {
    return { outcomes: await this.commits.commitBundle(caller, params.projectId, body) };
  }
}
