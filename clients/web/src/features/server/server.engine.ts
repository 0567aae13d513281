import {
  ServerProblem,
  type JobsReport,
  type Project,
  type ServerWarning,
  type StorageReport,
  type UnfinishedUpload,
} from '@aerie/sdk';
import type { Client } from '../../platform/engine/client.js';

/** How the service is, all of one moment. */
export interface ServerReport {
  readonly version: string;
  readonly warnings: readonly ServerWarning[];
  readonly storage: StorageReport;
  readonly uploads: readonly UnfinishedUpload[];
  readonly jobs: JobsReport;
  /** Those this member has a part in, by their signed records. */
  readonly projects: readonly Project[];
}

const overCodes = ['upload.closed', 'upload.unknown'];

declare module '../../platform/engine/engines.js' {
  interface Engines {
    server: ReturnType<typeof serverEngine>;
  }
}

export default function serverEngine(client: Client) {
  return {
    async report(): Promise<ServerReport> {
      const { server, projects } = client.aerie;
      const [{ version }, warnings, storage, uploads, jobs, list] = await Promise.all([
        client.describeServer(),
        server.warnings(),
        server.storage(),
        server.unfinishedUploads(),
        server.jobs(),
        projects.list(),
      ]);
      return { version, warnings, storage, uploads, jobs, projects: list };
    },
    /** Ends uploads of any device. One that was finished or is gone meanwhile reserves nothing, and is passed over. */
    async freeSpace(mediaIds: readonly string[]): Promise<void> {
      for (const mediaId of mediaIds)
        await client.aerie.server.abortUpload(mediaId).catch((error: unknown) => {
          if (!(error instanceof ServerProblem && overCodes.includes(error.code))) throw error;
        });
    },
    retryJob: (jobId: string): Promise<void> => client.aerie.server.retryJob(jobId),
  };
}
