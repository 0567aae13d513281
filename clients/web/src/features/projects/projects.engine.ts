import type { PreviewsMode, Project } from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

declare module '../../platform/engine/engines.js' {
  interface Engines {
    projects: ReturnType<typeof projectsEngine>;
  }
}

export default function projectsEngine(client: Client) {
  /** In the memory of the engine alone: names of projects are content. */
  let known: Project[] | null = null;
  return {
    list: async (): Promise<Project[]> => (known = await client.aerie.projects.list()),
    /** The list as it last was, for while it is asked for again or the server cannot be reached; null before the first. */
    known: (): Project[] | null => known,
    read: (projectId: string): Promise<Project> => client.aerie.projects.read(projectId),
    create: (name: string, previews: PreviewsMode): Promise<Project> => client.aerie.projects.create(name, previews),
    /** Whether a renderer waits to be signed in, so that a project can have `assisted` previews. */
    hasRenderer: (): Promise<boolean> => client.aerie.projects.hasRenderer(),
  };
}
