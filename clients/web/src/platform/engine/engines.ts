/**
 * The types of what lives in the engine. Each `<feature>.engine.ts` adds its own entry here, so that a feature that is
 * deleted takes its entry along, and nothing can call it any more.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- features add to it
export interface Engines {}
