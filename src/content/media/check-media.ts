import { Id, bundleMediaMax } from '@aerie/protocol';
import { z } from 'zod';
import { defineJob } from '../../platform/jobs/define-job.js';

/** Reads media back after their commit: what the store says it kept is compared with what was acknowledged. */
export const CheckMedia = defineJob(
  'media.check-media',
  z.object({ mediaIds: z.array(Id).min(1).max(bundleMediaMax) }),
);
