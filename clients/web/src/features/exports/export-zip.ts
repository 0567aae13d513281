import type { Remote } from 'comlink';
import { engine } from '../../platform/engine/connect.js';
import type { ZipDownload } from '../../shell/feature.js';
import type { ExportPull } from './exports.engine.js';
import { exportsTexts as t } from './exports-texts.js';

/** A whole project as one zip of OpenPGP messages. @param bytes about how many */
export function exportZip(name: string, projectId: string, bytes: number): ZipDownload {
  let pull: Promise<Remote<ExportPull>> | undefined;
  return {
    name,
    bytes,
    begin: () => (pull = engine().exports.zip(projectId) as Promise<Remote<ExportPull>>),
    failedAt: (current) => (current === null ? null : () => t.zipFailedAt(name, current)),
    async leftOut() {
      const left = await (await pull)!.left();
      return left === 0 ? null : () => t.zipWithout(name, left);
    },
  };
}
