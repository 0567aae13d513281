import { asSealed, printFrame, type BlobRole, type Sealed } from '@aerie/protocol';
import type { CarriedBlob, SealedMedia } from './sealed-media.js';

/** In which order blobs stand: small ones, which a gallery reads by the hundred, at the head and by role. */
const rolesFirst: readonly BlobRole[] = ['meta', 'thumb'];
const rankOf = ({ role }: CarriedBlob): number => {
  const rank = rolesFirst.indexOf(role);
  return rank < 0 ? rolesFirst.length : rank;
};

/** The server keeps a bundle as it came, and reads the small blobs of a page in one go. */
const inOrder = (media: readonly SealedMedia[]): CarriedBlob[] =>
  media.flatMap(({ carried }) => carried).sort((a, b) => rankOf(a) - rankOf(b));

const counted = ({ blobId, sealed }: Pick<CarriedBlob, 'blobId' | 'sealed'>) => ({ blobId, bytes: sealed.length });

/** A frame whose head counts out the blobs that follow it. */
export const blobFrame = (head: object, blobs: readonly Pick<CarriedBlob, 'blobId' | 'sealed'>[]): Sealed =>
  asSealed(
    printFrame(
      { ...head, blobs: blobs.map(counted) },
      blobs.map(({ sealed }) => sealed),
    ),
  );

/** The body of `commitUpload`: what did not go in parts. */
export const commitFrame = (media: SealedMedia): Sealed => blobFrame({ commit: media.commit }, inOrder([media]));

/** The body of `commitBundle`. */
export const bundleFrame = (media: readonly SealedMedia[]): Sealed =>
  blobFrame({ commits: media.map(({ commit }) => commit) }, inOrder(media));

/** The octets of a frame that are no media's: its length, and `{"commits":[…],"blobs":[…]}`. */
export const frameBytes = 4 + '{"commits":[],"blobs":[]}'.length;

/** What a media adds to the head of a frame, in octets: its commit and the counts of its blobs, each with its comma. */
export const headBytesOf = ({ commit, carried }: SealedMedia): number =>
  carried.reduce((sum, blob) => sum + JSON.stringify(counted(blob)).length + 1, JSON.stringify(commit).length + 1);

/** What it adds to the body. */
export const bodyBytesOf = ({ carried }: SealedMedia): number =>
  carried.reduce((sum, { sealed }) => sum + sealed.length, 0);
