/** Standard output, which may be closed by its reader, or full, while a command goes on with its work. */

let lost: NodeJS.ErrnoException | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => (lost ??= error));
// Nobody is left to be told, and the work is worth more than its report.
process.stderr.on('error', () => {});

/** Prints a line; once a line could not be printed, no further one is tried. */
export function printLine(line: string): void {
  if (!lost) process.stdout.write(`${line}\n`);
}

/** Waits until everything printed has left this process. @returns why something did not, or undefined */
export async function lostOutput(): Promise<NodeJS.ErrnoException | undefined> {
  if (lost) return lost;
  await new Promise<void>((done) => process.stdout.write('', () => done()));
  // The event of an error comes after the callback of the write.
  await new Promise<void>((done) => setImmediate(done));
  return lost;
}
