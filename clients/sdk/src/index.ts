/** The public surface of the Aerie SDK; everything else may change. */
export { Aerie, type AerieOptions } from './aerie.js';
export {
  NotTheServer,
  Refusal,
  ServerProblem,
  ServerUnreachable,
  TrustError,
  explain,
  type Explanation,
} from './errors.js';
export { CryptoError } from './crypto/crypto-error.js';
export type { PlainSource } from './crypto/seal.js';
export { Enrollment, Keyring, RendererIdentity, learned } from './identity/keyring.js';
export {
  Founding,
  beginFounding,
  describeServer,
  finishFounding,
  foundOrganization,
  sendFounding,
  wasRefused,
  type FoundOptions,
  type ServerInfo,
} from './identity/founding.js';
export { moveServer, serverOrigin } from './identity/move.js';
export { recover, tryRecoveryKit, type Recovered } from './identity/recovery.js';
export { join, type Device, type Devices } from './identity/devices.js';
export type { RotationProgress, RotationStep } from './identity/rotation.js';
export { isGroupOfKit, misreadGroup } from './crypto/recovery-kit.js';
export { newPairingCode } from './crypto/pairing-code.js';
export { pairingSeconds } from '@aerie/protocol';
export { Pairing, type PairingOptions } from './identity/pairing.js';
export type { Newcomer } from './identity/newcomers.js';
export type { PairingOffer } from './identity/approval.js';
export type { DeviceSession, Sessions } from './identity/sessions.js';
export { adoptRenderer, createRendererIdentity, offerRenderer } from './identity/renderer.js';
export type { PreviewsMode, Project, Projects } from './projects/projects.js';
export type {
  IngestEvent,
  IngestInput,
  IngestItem,
  IngestOptions,
  IngestResult,
  IngestSource,
  NoPicture,
  Pictures,
  PicturesOutcome,
} from './uploads/ingest-item.js';
export type { Uploads } from './uploads/ingest.js';
export { MemoryJournal, type Journal, type JournalLock } from './uploads/journal.js';
export type { MediaLibrary } from './media/library.js';
export type { OriginalReader } from './media/original-reader.js';
export type { ListedMedia, Media, MediaOrder, OpenedMedia } from './media/media.js';
export { safeName, uniqueName } from './media/export-names.js';
export { placesOf } from './media/restore-paths.js';
export { repeatable } from './media/repeatable.js';
export type { CheckOptions, MediaCheck } from './media/verify.js';
export type { ExportSink, ExportedFile } from './media/export.js';
export type { Picture, PictureSize, Previews } from './previews/previews.js';
export type { JobsReport, Server, ServerWarning, StorageReport, UnfinishedUpload } from './server/server.js';
export type { RenderingTask, Renderings } from './previews/renderings.js';
export { systemFault, systemSentence } from './system-errors.js';
