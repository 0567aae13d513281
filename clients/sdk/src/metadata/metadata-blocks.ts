/** What a container holds of metadata, each kind in the order of the file. Filled in as it is found: damage later on takes none of it away. */
export interface Metadata {
  readonly exif: Uint8Array[];
  readonly xmp: Uint8Array[];
  readonly movie: MovieTimes;
}

export interface MovieTimes {
  /** As QuickTime's `com.apple.quicktime.creationdate` states it: local, with an offset. */
  creationDate?: string;
  /** Of the movie header, ISO 8601 in UTC. */
  header?: string;
}

export const startsWith = (octets: Uint8Array, text: string): boolean =>
  octets.length >= text.length && [...text].every((letter, i) => octets[i] === letter.charCodeAt(0));

/** Four letters, as containers name their pieces. */
export const fourLetters = (octets: Uint8Array, at: number): string =>
  String.fromCharCode(...octets.subarray(at, at + 4));

export const viewOf = (octets: Uint8Array): DataView =>
  new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
