import { type Commit, type Sealed } from '@aerie/protocol';
import { sealedFrame } from '../api/http.js';
import type { CarriedBlob, SealedMedia } from './sealed-media.js';

/** Roles whose blobs a gallery reads by the hundred. */
const isSmall = ({ role }: CarriedBlob): boolean => role === 'meta' || role === 'thumb';

/** Small blobs stand together at the head, by role: the server keeps a bundle as it came, and reads those of a page in one go. */
function inOrder(media: readonly SealedMedia[]): CarriedBlob[] {
  const blobs = media.flatMap(({ carried }) => carried);
  return [
    ...blobs.filter(({ role }) => role === 'meta'),
    ...blobs.filter(({ role }) => role === 'thumb'),
    ...blobs.filter((blob) => !isSmall(blob)),
  ];
}

const counted = ({ blobId, sealed }: CarriedBlob) => ({ blobId, bytes: sealed.length });

const frameOf = (head: { commit: Commit } | { commits: Commit[] }, blobs: readonly CarriedBlob[]): Sealed =>
  sealedFrame(
    { ...head, blobs: blobs.map(counted) },
    blobs.map(({ sealed }) => sealed),
  );

/** The body of `commitUpload`: what did not go in parts. */
export const commitFrame = (media: SealedMedia): Sealed => frameOf({ commit: media.commit }, inOrder([media]));

/** The body of `commitBundle`. */
export const bundleFrame = (media: readonly SealedMedia[]): Sealed =>
  frameOf({ commits: media.map(({ commit }) => commit) }, inOrder(media));

/** The octets of a frame that are no media's: its length, and `{"commits":[…],"blobs":[…]}`. */
export const frameBytes = 4 + '{"commits":[],"blobs":[]}'.length;

/** What a media adds to the head of a frame, in octets: its commit and the counts of its blobs, each with its comma. */
export const headBytesOf = ({ commit, carried }: SealedMedia): number =>
  carried.reduce((sum, blob) => sum + JSON.stringify(counted(blob)).length + 1, JSON.stringify(commit).length + 1);

/** What it adds to the body. */
export const bodyBytesOf = ({ carried }: SealedMedia): number =>
  carried.reduce((sum, { sealed }) => sum + sealed.length, 0);
