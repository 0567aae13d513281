/** Packets of OpenPGP taken apart octet by octet, where what is not exactly as expected throws. */

/** Takes octets one after the other; throws where there are fewer. */
export class Cursor {
  at = 0;
  constructor(readonly octets: Uint8Array) {}

  get left(): number {
    return this.octets.length - this.at;
  }
  take(bytes: number): Uint8Array {
    need(bytes <= this.left, 'it ends early');
    return this.octets.subarray(this.at, (this.at += bytes));
  }
  octet(): number {
    need(this.left > 0, 'it ends early');
    return this.octets[this.at++]!;
  }
  number(bytes: number): number {
    let value = 0;
    for (let taken = 0; taken < bytes; taken++) value = value * 256 + this.octet();
    return value;
  }
  /** The length of what follows; only in the shortest form, of which there is one, and never partial. */
  length(): number {
    const first = this.octet();
    if (first < 192) return first;
    need(first < 224, 'a length in another form');
    return ((first - 192) << 8) + this.octet() + 192;
  }
  /** Exactly these octets. */
  expect(octets: Uint8Array): void {
    for (const octet of octets) need(this.octet() === octet, 'other octets');
  }
  before(): Uint8Array {
    return this.octets.subarray(0, this.at);
  }
  end(): void {
    need(this.left === 0, 'something follows');
  }
}

export function need(holds: boolean, otherwise: string): asserts holds {
  if (!holds) refuse(otherwise);
}
export function refuse(reason: string): never {
  throw new Error(reason);
}

/** A number in so many octets, the most significant first. */
export function uint(value: number, bytes: number): Uint8Array {
  const octets = new Uint8Array(bytes);
  for (let at = bytes - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) octets[at] = rest;
  return octets;
}
