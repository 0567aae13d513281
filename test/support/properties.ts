import { jest } from '@jest/globals';

/** How many cases a property is tried with: AERIE_PROPERTIES, or ten thousand in a long run. fast-check prints its seed. */
export const properties = Number(process.env.AERIE_PROPERTIES ?? (process.env.AERIE_LONG === '1' ? 10_000 : 60));

// A long run takes its time; the usual limit is for the usual number.
if (properties > 1000) jest.setTimeout(properties * 600);
