import { Controller } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { type Caller, CurrentCaller } from '../../trust/identity/caller.js';
import { AliasesService } from './aliases.service.js';

@Controller()
export class AliasesController {
  constructor(private readonly aliases: AliasesService) {}

  @Serves(routes.addAlias)
  add(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.addAlias>) {
    return this.aliases.add(caller, params.mediaId, body);
  }
}
