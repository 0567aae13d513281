import { Controller, Get, NotFoundException, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '../../platform/http/serves.decorator.js';
import { type Encoding, WebBuild, type WebFile } from './web-build.js';

/** What no other route takes. */
@Controller()
export class WebController {
  constructor(private readonly build: WebBuild) {}

  /** A file of the web app; its page for every path that a person opens; a problem for the rest. */
  @Open()
  @Get('*')
  send(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const path = request.url.split('?', 1)[0]!;
    const isOurs = !/^\/(api|health)(\/|$)/.test(path);
    const file = isOurs ? this.build.find(path, (request.headers.accept ?? '').includes('text/html')) : undefined;
    // As if this route were not there, so that the API refuses the same way with the web app and without.
    if (!file) throw new NotFoundException();
    answer(file, request, reply);
  }
}

function answer({ octets, headers }: WebFile, request: FastifyRequest, reply: FastifyReply): void {
  const { vary, ...own } = headers;
  void reply.headers(own).header('vary', [reply.getHeader('vary'), vary].filter(Boolean).join(', '));
  if (request.headers['if-none-match'] === own.etag) return void reply.status(304).send();
  const encoding = encodingFor(request.headers['accept-encoding'], octets);
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  void reply.send(octets[encoding]);
}

/** RFC 9110 12.5.3, without weighing: the smallest form that is not refused. */
function encodingFor(accepted: string | string[] | undefined, octets: WebFile['octets']): Encoding {
  const words = String(accepted ?? '').split(/\s*,\s*/);
  const isAccepted = (encoding: Encoding): boolean =>
    words.some((word) => new RegExp(`^${encoding}(\\s*;\\s*q=(1|0\\.0*[1-9]).*)?$`, 'i').test(word));
  return (['br', 'gzip'] as const).find((encoding) => octets[encoding] && isAccepted(encoding)) ?? 'identity';
}
