import type { Upload } from './upload.svelte.js';

/**
 * Hands the server's signed notes to the person, as a file: what was stored when, provable without this browser; and
 * what was not uploaded because an operating system had left it there for itself.
 */
export function saveReceipts({ selection, projectId }: Upload): void {
  const receipts = selection.files.map(({ path, bytes, mediaId, receipt }) => ({ path, bytes, mediaId, receipt }));
  const file = new Blob([JSON.stringify({ projectId, receipts, skipped: [...selection.skipped] }, null, 2)], {
    type: 'application/json',
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `aerie-receipts-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
