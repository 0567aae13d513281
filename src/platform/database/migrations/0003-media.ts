import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Media0003 implements MigrationInterface {
  readonly name = 'Media0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE project (
        id uuid PRIMARY KEY,
        previews text NOT NULL CHECK (previews IN ('sealed', 'assisted', 'none')),
        renderer_device_id uuid REFERENCES device,
        created_at timestamptz NOT NULL DEFAULT now(),
        -- Ciphertext octets: of committed media, promised to open uploads, and the most both together may be.
        bytes_used bigint NOT NULL DEFAULT 0 CHECK (bytes_used >= 0),
        bytes_reserved bigint NOT NULL DEFAULT 0 CHECK (bytes_reserved >= 0),
        bytes_quota bigint
      );
      CREATE TABLE epoch (
        project_id uuid NOT NULL REFERENCES project,
        number integer NOT NULL,
        certificate_fp text NOT NULL UNIQUE,
        PRIMARY KEY (project_id, number)
      );
      CREATE TABLE envelope (
        project_id uuid NOT NULL,
        epoch integer NOT NULL,
        member_id uuid NOT NULL REFERENCES member,
        sealed bytea NOT NULL,
        PRIMARY KEY (project_id, epoch, member_id),
        FOREIGN KEY (project_id, epoch) REFERENCES epoch
      );

      CREATE TABLE media (
        id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES project,
        device_id uuid NOT NULL REFERENCES device,
        -- Order of commits, for paging.
        position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        manifest bytea NOT NULL,
        signature bytea NOT NULL,
        bytes bigint NOT NULL,
        content_token bytea,
        -- The damaged media that this one is the same file as.
        replaces uuid REFERENCES media,
        receipt text NOT NULL,
        committed_at timestamptz NOT NULL,
        checked_at timestamptz
      );
      CREATE INDEX media_page ON media (project_id, position);
      CREATE INDEX media_content ON media (project_id, content_token) WHERE content_token IS NOT NULL;
      CREATE INDEX media_replaces ON media (replaces) WHERE replaces IS NOT NULL;
      -- Every object of the store, from before its octets are sent there until they are gone.
      CREATE TABLE object (
        key text PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES project,
        device_id uuid REFERENCES device,
        purpose text NOT NULL CHECK (purpose IN ('parts', 'bundle', 'pack')),
        state text NOT NULL CHECK (state IN ('announced', 'stored', 'dead')),
        bytes bigint NOT NULL CHECK (bytes > 0),
        -- In which blobs lie; and in which none lie, but which the project's quota counts as promised.
        bytes_live bigint NOT NULL DEFAULT 0 CHECK (bytes_live BETWEEN 0 AND bytes),
        bytes_reserved bigint NOT NULL DEFAULT 0 CHECK (bytes_reserved BETWEEN 0 AND bytes),
        announced_at timestamptz NOT NULL DEFAULT now(),
        delete_at timestamptz,
        CHECK ((state = 'dead') = (delete_at IS NOT NULL)),
        CHECK (state = 'stored' OR bytes_live = 0)
      );
      CREATE INDEX object_announced ON object (announced_at) WHERE state = 'announced';
      CREATE INDEX object_of_device ON object (device_id) WHERE state = 'announced';
      CREATE INDEX object_dead ON object (delete_at) WHERE state = 'dead';
      CREATE INDEX object_sparse ON object (announced_at) WHERE state = 'stored' AND bytes_live * 4 < bytes * 3;
      CREATE TABLE blob (
        id uuid PRIMARY KEY,
        media_id uuid NOT NULL REFERENCES media,
        role text NOT NULL,
        bytes bigint NOT NULL,
        -- SHA-256 of each segment, 32 octets each: the leaves under the root in the manifest.
        segment_digests bytea NOT NULL,
        -- Where the sealed octets lie: in an object, from that octet on, or here until they are packed.
        object_key text REFERENCES object,
        object_offset bigint CHECK (object_offset >= 0),
        content bytea,
        damaged_at timestamptz,
        CHECK (num_nonnulls(object_key, content) = 1),
        CHECK ((object_key IS NULL) = (object_offset IS NULL))
      );
      CREATE INDEX blob_media ON blob (media_id);
      CREATE INDEX blob_damaged ON blob (media_id) WHERE damaged_at IS NOT NULL;
      CREATE INDEX blob_unpacked ON blob (media_id) WHERE content IS NOT NULL;
      CREATE INDEX blob_object ON blob (object_key, object_offset) WHERE object_key IS NOT NULL;
      CREATE TABLE rendition (
        media_id uuid NOT NULL REFERENCES media,
        device_id uuid NOT NULL REFERENCES device,
        record bytea NOT NULL,
        signature bytea NOT NULL,
        PRIMARY KEY (media_id, device_id)
      );
      -- A further name of a media: the signed record, and what it names in the blob of the same id.
      CREATE TABLE alias (
        id uuid PRIMARY KEY,
        media_id uuid NOT NULL REFERENCES media,
        device_id uuid NOT NULL REFERENCES device,
        record bytea NOT NULL,
        signature bytea NOT NULL
      );
      CREATE INDEX alias_media ON alias (media_id);
      CREATE TABLE rendering (
        media_id uuid PRIMARY KEY REFERENCES media,
        device_id uuid NOT NULL REFERENCES device,
        state text NOT NULL CHECK (state IN ('due', 'done', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        leased_until timestamptz,
        failure text
      );
      CREATE INDEX rendering_due ON rendering (device_id) WHERE state = 'due';

      -- The only rows that open a session-key packet: kept apart, backed up apart, destroyed alone. No foreign key, so
      -- that this table can live in a database of its own.
      CREATE TABLE shred_key (
        media_id uuid PRIMARY KEY,
        key bytea NOT NULL
      );
      CREATE TABLE pkesk (
        blob_id uuid NOT NULL,
        recipient_fp text NOT NULL,
        media_id uuid NOT NULL REFERENCES media,
        wrapped bytea NOT NULL,
        PRIMARY KEY (blob_id, recipient_fp)
      );
      CREATE INDEX pkesk_media ON pkesk (media_id);

      CREATE TABLE upload (
        media_id uuid PRIMARY KEY,
        project_id uuid NOT NULL REFERENCES project,
        device_id uuid NOT NULL REFERENCES device,
        state text NOT NULL CHECK (state IN ('open', 'committed', 'aborted', 'expired')),
        bytes_reserved bigint NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX upload_open ON upload (expires_at) WHERE state = 'open';
      CREATE INDEX upload_of_device ON upload (device_id) WHERE state = 'open';
      CREATE TABLE upload_blob (
        id uuid PRIMARY KEY,
        media_id uuid NOT NULL REFERENCES upload,
        role text NOT NULL,
        bytes bigint NOT NULL,
        object_key text NOT NULL UNIQUE REFERENCES object,
        upload_ref text
      );
      CREATE INDEX upload_blob_media ON upload_blob (media_id);
      CREATE TABLE upload_part (
        blob_id uuid NOT NULL REFERENCES upload_blob,
        number integer NOT NULL,
        digest bytea NOT NULL,
        segment_digests bytea NOT NULL,
        -- What the store answered; null while the part is on its way there.
        tag text,
        PRIMARY KEY (blob_id, number)
      );
      CREATE TABLE orphan (
        object_key text PRIMARY KEY,
        first_seen_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE orphan, upload_part, upload_blob, upload, pkesk, shred_key, rendering, rendition,
      blob, object, media, envelope, epoch, project`);
  }
}
