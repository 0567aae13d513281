import { AuditEvent } from '../audit/audit-event.entity.js';
import { ReceiptKeyRow } from '../audit/receipt-key.entity.js';
import { Device, RendererOffer } from '../identity/device.entity.js';
import { Member } from '../identity/member.entity.js';
import { Organisation } from '../identity/organisation.entity.js';
import { Pairing } from '../identity/pairing.entity.js';
import { ChallengeRow, SessionRow } from '../identity/session.entity.js';
import { OutboxRow } from '../jobs/outbox.entity.js';
import { PkeskRow } from '../keys/pkesk.entity.js';
import { ShredKey } from '../keys/shred-key.entity.js';
import { Blob } from '../media/blob.entity.js';
import { Media } from '../media/media.entity.js';
import { Pack } from '../media/pack.entity.js';
import { Rendering, Rendition } from '../media/rendition.entity.js';
import { Envelope, Epoch, Project } from '../projects/project.entity.js';
import { Upload, UploadBlob, UploadPart } from '../uploads/upload.entity.js';
import type { DatabaseSchema } from './database.module.js';
import { Outbox0001 } from './migrations/0001-outbox.js';
import { Identity0002 } from './migrations/0002-identity.js';
import { Media0003 } from './migrations/0003-media.js';
import { Pairings0004 } from './migrations/0004-pairings.js';
import { Operations0005 } from './migrations/0005-operations.js';

/** Every table and every migration, in order. Append only. */
export const schema: DatabaseSchema = {
  entities: [
    OutboxRow,
    AuditEvent,
    ReceiptKeyRow,
    Organisation,
    Member,
    Device,
    RendererOffer,
    ChallengeRow,
    SessionRow,
    Pairing,
    Project,
    Epoch,
    Envelope,
    ShredKey,
    PkeskRow,
    Media,
    Blob,
    Pack,
    Rendition,
    Rendering,
    Upload,
    UploadBlob,
    UploadPart,
  ],
  migrations: [Outbox0001, Identity0002, Media0003, Pairings0004, Operations0005],
};
