/** Each holds a connection of the store, which has 256 of them for everything, and some 300 KiB of memory. */
const relaysMax = 32;
/** A client sends two parts at a time, and may send two again whose connections have not been found dead yet. */
const relaysOfDeviceMax = 4;

/** How many parts may be relayed at a time. Who gets no permit is held in memory instead, so nobody waits for one. */
export class RelayPermits {
  private readonly held = new Map<string, number>();
  private all = 0;

  /** @returns what gives the permit back, or null where there is none */
  take(deviceId: string): (() => void) | null {
    const ofDevice = this.held.get(deviceId) ?? 0;
    if (this.all >= relaysMax || ofDevice >= relaysOfDeviceMax) return null;
    this.all++;
    this.held.set(deviceId, ofDevice + 1);
    return () => {
      this.all--;
      const left = this.held.get(deviceId)! - 1;
      if (left > 0) this.held.set(deviceId, left);
      else this.held.delete(deviceId);
    };
  }
}
