/**
 * Whether what became of the work on one project may be said on the page at a path: on its own pages and on those of no
 * project, never on a page of another project, where it would be read as being about that one.
 */
export function maySayAt(path: string, projectId: string): boolean {
  const [, shown] = /^\/projects\/([^/]+)/.exec(path) ?? [];
  return shown === undefined || shown === projectId;
}
