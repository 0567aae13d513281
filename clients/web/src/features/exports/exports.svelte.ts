/** The one export into a folder that is under way, on whichever page it was begun. */
import { proxy, type Remote } from 'comlink';
import type { ExportedFile } from '@aerie/sdk';
import { engine } from '../../platform/engine/connect.js';
import { session } from '../../shell/session.svelte.js';
import { stayAwake } from '../../shell/stay-awake.js';
import type { Exporting } from './exports.engine.js';

/** What is exported, as the server says: octets of ciphertext, pictures included. */
export interface Exported {
  readonly projectId: string;
  readonly mediaCount: number;
  readonly bytes: number;
}
type Phase = 'none' | 'not-empty' | 'running' | 'stopping' | 'stopped' | 'failed' | 'done';
type FolderPicker = {
  showDirectoryPicker?(options: { id: string; mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
};

export const writesFolders = (): boolean => 'showDirectoryPicker' in window;
export const exportPath = (projectId: string): string => `/projects/${projectId}/export`;

class FolderExport {
  phase: Phase = $state('none');
  of: Exported | undefined = $state.raw();
  folder = $state('');
  files = $state(0);
  left: readonly ExportedFile[] = $state.raw([]);
  bytesDone = $state(0);
  error: unknown = $state.raw();
  #running: Remote<Exporting> | undefined;
  #cut: (() => void) | undefined;

  constructor() {
    $effect.root(() => {
      $effect(() => {
        // Locking ends the engine in the middle of it.
        if (session.state.kind !== 'open') this.#cut?.();
      });
    });
  }

  get isUnderWay(): boolean {
    return this.phase === 'running' || this.phase === 'stopping';
  }

  /** Call it from a press of a button: it asks for a folder. */
  async begin(of: Exported): Promise<void> {
    if (this.isUnderWay) return;
    const folder = await (window as FolderPicker).showDirectoryPicker!({ id: 'export', mode: 'readwrite' }).catch(
      (error: DOMException) => {
        if (error.name === 'AbortError') return null;
        throw error;
      },
    );
    if (!folder) return;
    [this.of, this.folder, this.files, this.left, this.bytesDone, this.error] = [of, folder.name, 0, [], 0, undefined];
    // Nothing that is there is ever written over.
    this.phase = (await isEmpty(folder)) ? 'running' : 'not-empty';
    if (this.phase === 'running') await this.#run(of.projectId, folder);
  }

  /** Files that are whole stay; nothing is left of the one under way. */
  stop(): void {
    if (this.phase !== 'running') return;
    this.phase = 'stopping';
    void this.#running?.stop();
  }

  async #run(projectId: string, folder: FileSystemDirectoryHandle): Promise<void> {
    const sleepAgain = stayAwake();
    const cut = new Promise<'cut'>((resolve) => (this.#cut = () => resolve('cut')));
    try {
      const outcome = await Promise.race([cut, this.#follow(projectId, folder)]);
      this.phase = outcome === 'cut' || this.phase === 'stopping' ? 'stopped' : 'done';
    } catch (error) {
      [this.phase, this.error] = ['failed', error];
    } finally {
      this.#running = this.#cut = undefined;
      sleepAgain();
    }
  }

  async #follow(projectId: string, folder: FileSystemDirectoryHandle): Promise<void> {
    const onFile = proxy(async (file: ExportedFile) => {
      if (file.problem) this.left = [...this.left, file];
      else this.files++;
    });
    const onProgress = proxy((bytesDone: number) => void (this.bytesDone = bytesDone));
    const starting = engine().exports.folder(projectId, folder, onFile, onProgress) as unknown as Promise<
      Remote<Exporting>
    >;
    const running = (this.#running = await starting);
    if (this.phase === 'stopping') void running.stop();
    await running.result();
  }
}

export const folderExport = new FolderExport();

async function isEmpty(folder: FileSystemDirectoryHandle): Promise<boolean> {
  const { done } = await folder.keys()[Symbol.asyncIterator]().next();
  return done === true;
}
