import { z } from 'zod';
import { listReplyBytesMax, membershipPageMax } from '../limits.js';
import { everyDevice, route } from './route.js';
import { SignedRecord } from './shapes.js';

/** The place of the first entry that is asked for. */
export const From = z.coerce.number().int().nonnegative().default(0);

/** `size` entries are there in all; `entries` are those from the place that was asked for, as many as fit in a page. */
export const MembershipPage = z.object({
  size: z.int().nonnegative(),
  entries: z.array(SignedRecord).max(membershipPageMax),
});
export type MembershipPage = z.infer<typeof MembershipPage>;

export const membershipRoutes = {
  readMembership: route({
    method: 'GET',
    path: '/api/v1/membership',
    summary: 'The entries of the membership chain, from one on',
    access: everyDevice,
    query: z.object({ from: From }),
    reply: MembershipPage,
    replyBytesMax: listReplyBytesMax,
    status: 200,
    errors: [],
  }),
} as const;
