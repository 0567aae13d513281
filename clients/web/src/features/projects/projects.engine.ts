import type { PreviewsMode, Project } from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

declare module '../../platform/engine/engines.js' {
  interface Engines {
    projects: ReturnType<typeof projectsEngine>;
  }
}

export default function projectsEngine(client: Client) {
  return {
    list: (): Promise<Project[]> => client.aerie.projects.list(),
    read: (projectId: string): Promise<Project> => client.aerie.projects.read(projectId),
    create: (name: string, previews: PreviewsMode): Promise<Project> => client.aerie.projects.create(name, previews),
    /** Whether a renderer waits to be signed in, so that a project can have `assisted` previews. */
    hasRenderer: (): Promise<boolean> => client.aerie.projects.hasRenderer(),
  };
}
