import { publicPrimitives } from '#public-primitives';

/** The digest of the pieces as if they were one. */
export const digest = publicPrimitives.digest;

export const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => digest('SHA-256', [bytes]);
