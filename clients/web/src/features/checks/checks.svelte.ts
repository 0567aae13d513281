/** Checks belong to the page as a whole, not to one of its places: they go on while the person is on another page. */
import { SvelteMap } from 'svelte/reactivity';
import { session } from '../../shell/session.svelte.js';
import type { Subject } from './checked.js';
import { ProjectCheck } from './project-check.svelte.js';

/** By project. */
const checks = new SvelteMap<string, ProjectCheck>();

export const allChecks = (): ProjectCheck[] => [...checks.values()];
export const checkOf = (projectId: string): ProjectCheck | undefined => checks.get(projectId);
export const checkPath = (projectId: string): string => `/projects/${projectId}/check`;

/** Begins again; the verdicts of an earlier check are gone. */
export function startCheck(subject: Subject): void {
  const check = new ProjectCheck(subject);
  checks.set(subject.projectId, check);
  void check.resume();
}

export function forgetCheck(projectId: string): void {
  checks.delete(projectId);
}

$effect.root(() => {
  $effect(() => {
    // Locking ended the engine, and with it every run; the verdicts stay, until it is unlocked.
    if (session.state.kind === 'locked') for (const check of checks.values()) check.cut();
    if (session.state.kind === 'none') {
      for (const check of checks.values()) check.cut();
      checks.clear();
    }
  });
});
