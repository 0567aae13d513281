import { publicPrimitives } from '#public-primitives';

export const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> => publicPrimitives.digest('SHA-256', [bytes]);
