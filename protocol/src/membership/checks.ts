/**
 * Signatures that are verified meanwhile, by other threads or the browser, in the order in which they are to be blamed.
 * What was concluded from what they sign counts for nothing before all of them hold.
 */
export class Checks {
  private readonly outcomes: Promise<{ fault: unknown } | null>[] = [];

  /** @param check rejects where the signature does not hold */
  add(check: Promise<void>): void {
    // Handled at once: a rejection that nobody waits for yet would end the process.
    this.outcomes.push(
      check.then(
        () => null,
        (fault: unknown) => ({ fault }),
      ),
    );
  }

  /**
   * Waits until all hold that were added, or all but the newest.
   * @throws what the first one rejected with that does not hold, and so each time
   */
  async hold(newestLeft = 0): Promise<void> {
    while (this.outcomes.length > newestLeft) {
      const failed = await this.outcomes[0];
      if (failed) throw failed.fault;
      void this.outcomes.shift();
    }
  }
}
