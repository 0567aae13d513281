import { Controller } from '@nestjs/common';
import { routes } from '@aerie/protocol';
import { Input, type InputOf, Serves } from '../../platform/http/serves.decorator.js';
import { type Caller, CurrentCaller } from '../../trust/identity/caller.js';
import { ProjectsService } from './projects.service.js';

@Controller()
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Serves(routes.createProject)
  create(@CurrentCaller() caller: Caller, @Input() { body }: InputOf<typeof routes.createProject>) {
    return this.projects.create(caller, body);
  }

  @Serves(routes.createEpoch)
  createEpoch(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<typeof routes.createEpoch>) {
    return this.projects.createEpoch(caller, params.projectId, body);
  }

  @Serves(routes.listProjects)
  async list(@CurrentCaller() caller: Caller) {
    return { projects: await this.projects.list(caller) };
  }

  @Serves(routes.readProject)
  read(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<typeof routes.readProject>) {
    return this.projects.read(caller, params.projectId);
  }
}
