/** The errors of the system about files and disks, in words: one table for everything that reads or writes them. */

/** Of Node's errors, as far as this looks into them; browsers have none of these. */
interface SystemError {
  readonly code?: string;
  readonly syscall?: string;
  readonly path?: string;
}

export interface SystemFault {
  readonly code: string;
  /** What is the matter, as the end of a sentence. */
  readonly reason: string;
  /** What to do, as a sentence. It says nothing of what was done before: only the caller knows. */
  readonly advice: string;
}

const denied = {
  code: 'file.denied',
  reason: 'permission is denied',
  advice: 'Allow this user to read and write there, or choose another path.',
};
const full = { code: 'disk.full', reason: 'the disk is full', advice: 'Free some space there, then try again.' };
const tooMany = {
  code: 'file.too_many',
  reason: 'too many files are open',
  advice: 'Close other programs, then try again.',
};

const faults: Readonly<Record<string, SystemFault>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: {
    code: 'disk.read_only',
    reason: 'the disk is read-only',
    advice: 'Make it writable, or choose a path on another disk.',
  },
  ENOSPC: full,
  EDQUOT: { ...full, reason: 'the space allotted to this user is used up' },
  EFBIG: {
    code: 'disk.file_too_large',
    reason: 'that disk does not hold files of this size',
    advice: 'Choose a disk with another file system: FAT32, for one, ends at 4 GB.',
  },
  EIO: {
    code: 'disk.failed',
    reason: 'the disk or card reports an error',
    advice: 'Check the disk, and copy what is on it with a rescue tool first.',
  },
  EEXIST: { code: 'file.exists', reason: 'a file of that name exists already', advice: 'Choose another path.' },
  ENOENT: { code: 'file.missing', reason: 'there is no such file or folder', advice: 'Check the path.' },
  ENOTDIR: { code: 'file.no_folder', reason: 'a component of the path is not a folder', advice: 'Check the path.' },
  EISDIR: { code: 'file.is_folder', reason: 'it is a folder', advice: 'Name a file.' },
  ELOOP: { code: 'file.link_loop', reason: 'its links lead in a circle', advice: 'Name the file itself.' },
  ENAMETOOLONG: {
    code: 'file.path_too_long',
    reason: 'the path is too long for this system',
    advice: 'Use shorter names, or a folder nearer to the root.',
  },
  ENXIO: { code: 'file.special', reason: 'it is not a regular file', advice: 'Choose another path.' },
  EBUSY: { code: 'file.busy', reason: 'another program uses it', advice: 'Close that program, then try again.' },
  EMFILE: tooMany,
  ENFILE: tooMany,
  EPIPE: {
    code: 'output.closed',
    reason: 'the program that was reading has closed its end',
    advice: 'Write to a file instead, or let that program read to the end.',
  },
};

/** What the system says by an error, or undefined where it is no error about files. */
export function systemFault(error: unknown): SystemFault | undefined {
  const { code, syscall } = (error ?? {}) as SystemError;
  return code !== undefined && syscall !== undefined ? faults[code] : undefined;
}

/** The reason alone, for a sentence about a file that is known; the system's own code where it is not in the table. */
export const reasonOfSystem = (error: unknown): string => {
  const { code } = (error ?? {}) as SystemError;
  return faults[code ?? '']?.reason ?? code ?? 'unknown error';
};

/** A sentence about the path that the system refused, without its code and call. */
export function systemSentence({ reason }: SystemFault, { path }: { readonly path?: string }): string {
  return path === undefined ? reason.charAt(0).toUpperCase() + reason.slice(1) : `${path}: ${reason}`;
}
