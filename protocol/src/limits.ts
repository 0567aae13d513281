/** Every limit of the protocol, each with its reason. Both sides use these names. */

/** Octets of plaintext in one AEAD chunk: 2^(12+6). One seek decrypts one chunk; larger chunks gain under 10 % speed. */
export const chunkOctet = 12;
export const chunkBytes = 2 ** (chunkOctet + 6);
/** AES-256-GCM authentication tag (RFC 9580, 5.13.2). */
export const tagBytes = 16;

/**
 * A segment is 32 sealed chunks' worth of object octets and the leaf of the Merkle root in the manifest. It is also the
 * usual upload part, so one SHA-256 pass serves transport and manifest (docs/decisions/0002).
 */
export const segmentBytes = 32 * (chunkBytes + tagBytes);
/** S3 allows 10,000 parts in one multipart upload. */
export const partsMax = 10_000;
/** 160 GB: two segments a part, 10,000 parts, would reach 167 GB. */
export const blobBytesMax = 160_000_000_000;

/** `meta` and `thumb` blobs up to this size travel inside the commit and are packed into shared objects later. */
export const smallBlobBytesMax = 64 * 1024;
/** JSON bodies. The largest is a commit: three small blobs in base64, a manifest, and PKESKs. */
export const jsonBytesMax = 1024 * 1024;
/** A body that arrives more slowly is given up. Far below any link on which footage could be sent; what stands still holds memory. */
export const bodyBytesPerSecondMin = 5_000;
/**
 * JSON replies that list much: 500 media with manifest, packets and receipt, each at its largest of 64 KiB; or every
 * project or member of a large organization. A client gives up reading what is longer.
 */
export const listReplyBytesMax = 32 * 1024 * 1024;
/** JSON replies that do not: a project with its epochs, a media, an upload with 10,000 parts, a page of ids. */
export const replyBytesMaxDefault = 2 * 1024 * 1024;
/** A problem: some words and a few details. */
export const problemBytesMax = 64 * 1024;
/** Names that one content is kept under, besides its first: the same card under several folders, not a way to fill pages. */
export const aliasesPerMediaMax = 32;
/** A bundle carries several small media in one request: no more than one segment, framing included, so one buffer size serves both. */
export const bundleBytesMax = segmentBytes;
export const bundleMediaMax = 64;
/** A gallery page: 200 thumbnails of up to 64 KiB. */
export const smallBlobsPerRead = 200;
export const listPageMax = 500;
/** Rows about what is stuck: enough to see why, and the counts say how many more there are. */
export const stuckRowsMax = 20;

/** What fits in a record, at 120 octets each; and their envelopes, of about 3 KiB in base64, in one JSON body. */
export const epochMembersMax = 250;
/** What fits in a record and in one JSON body, like the members of an epoch: full devices that a member's new key is sealed to. */
export const memberKeysMax = 250;
/** A transferable secret key with a user id, in an OpenPGP message; about 1 KiB. */
export const sealedMemberKeyBytesMax = 10 * 1024;
export const manifestBytesMax = 16 * 1024;
/** An epoch with its members and its certificate. A leaf of a log of tiles may have 65,535 octets (C2SP tlog-tiles). */
export const recordBytesMax = 48 * 1024;
/** Entries of the membership chain in one answer; that many of the largest, in base64, fit in a list's answer. */
export const membershipPageMax = 400;
export const signatureBytesMax = 1024;
export const certificateBytesMax = 8 * 1024;
/** A PKESK v6 for X25519 is 111 octets; one octet of packet length reaches to 193. */
export const pkeskBytesMax = 193;
export const sealedBackupBytesMax = 64 * 1024;
export const blobsPerMediaMax = 8;
/** Epoch, renderer, and room for a member copied in. */
export const pkesksPerBlobMax = 4;

export const challengeSeconds = 120;
export const sessionHours = 12;
export const uploadHoursDefault = 7 * 24;
export const uploadOnlyDeviceDaysDefault = 90;

/** Long enough to carry a code across the room and to think; too short for a code on a slip of paper. */
export const pairingSeconds = 10 * 60;
/** Anybody may offer a device: so few rows cost nothing, and no organization has more people at it at once. */
export const pairingsOpenMax = 200;
/** Nonce, tag, and JSON with a member's secret key, sealed, in base64. */
export const pairingAnswerBytesMax = 128 * 1024;

/** Octets of one upload part of a blob: one segment, or two where 10,000 single segments would not hold it. */
export function partBytesFor(blobBytes: number): number {
  return blobBytes <= segmentBytes * partsMax ? segmentBytes : 2 * segmentBytes;
}

/** How many parts a blob of that many octets has. Never zero: a sealed blob is never empty. */
export const partCountFor = (blobBytes: number): number => Math.ceil(blobBytes / partBytesFor(blobBytes));

/** How long a renderer may work on one picture before another may try: rendering has a time limit far below. */
export const renderingLeaseSeconds = 120;
