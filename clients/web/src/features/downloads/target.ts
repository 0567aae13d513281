/** Where decrypted octets go on this machine: straight to the disk where the browser can, else through memory. */

export interface Target {
  write(octets: Uint8Array): Promise<void>;
  /** Only now there is a file under its name. */
  finish(): Promise<void>;
  /** Nothing is left of it. */
  abandon(): Promise<void>;
}

/** Held in memory, or in what the browser makes of it, until it is complete. */
export const memoryBytesMax = 512 * 1000 * 1000;

interface SavePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle & { remove?(): Promise<void> }>;
}

export const writesToDisk = (): boolean => 'showSaveFilePicker' in window;

/** Asks for a place. Call it from a press of a button. @returns null where the person thought better of it */
export async function chooseTarget(suggestedName: string): Promise<Target | null> {
  const { showSaveFilePicker } = window as SavePicker;
  if (!showSaveFilePicker) return memoryTarget(suggestedName);
  try {
    const handle = await showSaveFilePicker({ suggestedName });
    const writable = await handle.createWritable();
    return {
      write: (octets) => writable.write(octets as BufferSource as FileSystemWriteChunkType),
      finish: () => writable.close(),
      async abandon() {
        await writable.abort();
        // The picker had made an empty file.
        await handle.remove?.();
      },
    };
  } catch (error) {
    if ((error as DOMException).name === 'AbortError') return null;
    throw error;
  }
}

function memoryTarget(name: string): Target {
  let pieces: BlobPart[] = [];
  return {
    async write(octets) {
      pieces.push(octets as BlobPart);
    },
    async finish() {
      const url = URL.createObjectURL(new Blob(pieces, { type: 'application/octet-stream' }));
      pieces = [];
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    async abandon() {
      pieces = [];
    },
  };
}
