import type { FastifyRequest } from 'fastify';

/** Who makes a request, as far as the platform needs to know: one whose keys, permits and rates are counted apart. */
export interface Principal {
  readonly deviceId: string;
}

/** A request as the session hook leaves it: with a principal, or public. */
export type RequestOfPrincipal<P extends Principal = Principal> = FastifyRequest & { caller?: P };
