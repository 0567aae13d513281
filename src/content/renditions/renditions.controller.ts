import { Controller } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { type Caller, CurrentCaller } from '../../trust/identity/caller.js';
import { RenderingsService } from './renderings.service.js';

@Controller()
export class RenditionsController {
  constructor(private readonly renderings: RenderingsService) {}

  @Serves(routes.leaseRendering)
  lease(@CurrentCaller() caller: Caller) {
    return this.renderings.lease(caller);
  }

  @Serves(routes.addRendition)
  add(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.addRendition>) {
    return this.renderings.add(caller, params.mediaId, body);
  }

  @Serves(routes.failRendering)
  fail(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.failRendering>) {
    return this.renderings.fail(caller, params.mediaId, body.reason);
  }
}
