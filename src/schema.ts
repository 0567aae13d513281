import { AuditEvent } from './trust/audit/audit-event.entity.js';
import { ReceiptKeyRow } from './trust/audit/receipt-key.entity.js';
import { Device, RendererOffer } from './trust/identity/device.entity.js';
import { Member } from './trust/identity/member.entity.js';
import { MemberBackup, MemberKey } from './trust/identity/member-key.entity.js';
import { MembershipEntry } from './trust/membership/membership-entry.entity.js';
import { Organization } from './trust/identity/organization.entity.js';
import { Pairing } from './trust/identity/pairing.entity.js';
import { ChallengeRow, SessionRow } from './trust/identity/session.entity.js';
import { OutboxRow } from './platform/jobs/outbox.entity.js';
import { PkeskRow } from './trust/keys/pkesk.entity.js';
import { ShredKey } from './trust/keys/shred-key.entity.js';
import { Alias } from './content/aliases/alias.entity.js';
import { Blob } from './content/media/blob.entity.js';
import { Media } from './content/media/media.entity.js';
import { ObjectRow } from './content/objects/object.entity.js';
import { Rendering, Rendition } from './content/renditions/rendition.entity.js';
import { Envelope, Epoch, Project } from './content/projects/project.entity.js';
import { Upload, UploadBlob, UploadPart } from './content/uploads/upload.entity.js';
import type { DatabaseSchema } from './platform/database/database.module.js';
import { Outbox0001 } from './platform/database/migrations/0001-outbox.js';
import { Identity0002 } from './platform/database/migrations/0002-identity.js';
import { Media0003 } from './platform/database/migrations/0003-media.js';
import { Pairings0004 } from './platform/database/migrations/0004-pairings.js';
import { Operations0005 } from './platform/database/migrations/0005-operations.js';

/** Every table and every migration, in order. A migration that is edited instead of added needs a new `format`. */
export const schema: DatabaseSchema = {
  format: 8,
  entities: [
    OutboxRow,
    AuditEvent,
    ReceiptKeyRow,
    MembershipEntry,
    Organization,
    Member,
    Device,
    MemberKey,
    MemberBackup,
    RendererOffer,
    ChallengeRow,
    SessionRow,
    Pairing,
    Project,
    Epoch,
    Envelope,
    ShredKey,
    PkeskRow,
    ObjectRow,
    Media,
    Blob,
    Rendition,
    Rendering,
    Alias,
    Upload,
    UploadBlob,
    UploadPart,
  ],
  migrations: [Outbox0001, Identity0002, Media0003, Pairings0004, Operations0005],
};
