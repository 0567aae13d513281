import { Controller } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { MembershipService } from './membership.service.js';

@Controller()
export class MembershipController {
  constructor(private readonly membership: MembershipService) {}

  @Serves(routes.readMembership)
  read(@Input() { query }: InputOf<typeof routes.readMembership>) {
    return this.membership.page(query.from);
  }
}
