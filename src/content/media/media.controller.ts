import { Controller, Headers, Req, Res } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { sendStream } from '../../platform/http/send-stream.js';
import { type Caller, CurrentCaller } from '../../trust/identity/caller.js';
import { BlobsService } from './blobs.service.js';
import { MediaService } from './media.service.js';
import { parseRange } from './range.js';

const octets = 'application/octet-stream';

@Controller()
export class MediaController {
  constructor(
    private readonly media: MediaService,
    private readonly blobs: BlobsService,
  ) {}

  @Serves(routes.listMedia)
  list(@CurrentCaller() caller: Caller, @Input() { params, query }: InputOf<typeof routes.listMedia>) {
    return this.media.list(caller, params.projectId, query);
  }

  @Serves(routes.findMedia)
  find(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.findMedia>) {
    return this.media.find(caller, params.projectId, body.contentTokens);
  }

  @Serves(routes.readMedia)
  read(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<typeof routes.readMedia>) {
    return this.media.read(caller, params.mediaId);
  }

  @Serves(routes.checkMedia)
  check(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<typeof routes.checkMedia>) {
    return this.media.requestCheck(caller, params.mediaId);
  }

  @Serves(routes.readBlob)
  async readBlob(
    @CurrentCaller() caller: Caller,
    @Input() { params }: InputOf<typeof routes.readBlob>,
    @Headers('range') header: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const blob = await this.blobs.require(caller, params.mediaId, params.blobId);
    const bytes = Number(blob.bytes);
    const range = parseRange(header, bytes);
    const { start, end } = range ?? { start: 0, end: bytes };
    void reply
      .header('accept-ranges', 'bytes')
      .header('cache-control', 'private, immutable, max-age=31536000')
      .type(octets);
    if (range) void reply.status(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${bytes}`);
    void reply.header('content-length', end - start);
    await sendStream(request, reply, () => this.blobs.openExactly(blob, { start, end }));
  }

  @Serves(routes.readSegments)
  async readSegments(
    @CurrentCaller() caller: Caller,
    @Input() { params }: InputOf<typeof routes.readSegments>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const blob = await this.blobs.require(caller, params.mediaId, params.blobId);
    void reply.type(octets).send(blob.segmentDigests);
  }

  @Serves(routes.readSmallBlobs)
  async readSmallBlobs(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<typeof routes.readSmallBlobs>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const frame = await this.blobs.readSmall(caller, params.projectId, body.blobIds);
    void reply.type(octets).send(Buffer.from(frame.buffer, frame.byteOffset, frame.length));
  }
}
