import type { JobsReport, Project, ServerWarning, StorageReport } from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

/** How the service is, all of one moment. */
export interface ServerReport {
  readonly version: string;
  readonly warnings: readonly ServerWarning[];
  readonly storage: StorageReport;
  readonly jobs: JobsReport;
  /** Those this member has a part in, by their signed records. */
  readonly projects: readonly Project[];
}

declare module '../../platform/engine/engines.js' {
  interface Engines {
    server: ReturnType<typeof serverEngine>;
  }
}

export default function serverEngine(client: Client) {
  return {
    async report(): Promise<ServerReport> {
      const { server, projects } = client.aerie;
      const [{ version }, warnings, storage, jobs, list] = await Promise.all([
        client.describeServer(),
        server.warnings(),
        server.storage(),
        server.jobs(),
        projects.list(),
      ]);
      return { version, warnings, storage, jobs, projects: list };
    },
    retryJob: (jobId: string): Promise<void> => client.aerie.server.retryJob(jobId),
  };
}
