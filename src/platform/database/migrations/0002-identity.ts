import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Identity0002 implements MigrationInterface {
  readonly name = 'Identity0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Who is who, and who may do what: signed, in one order, append-only. What other tables say of members, devices,
      -- projects and epochs is said here first.
      CREATE TABLE membership_entry (
        seq integer PRIMARY KEY CHECK (seq >= 0),
        digest bytea NOT NULL UNIQUE,
        record bytea NOT NULL,
        signature bytea NOT NULL
      );
      CREATE TABLE organization (
        id uuid PRIMARY KEY,
        -- One organization a server: a second row would need a second value of this.
        singleton boolean NOT NULL DEFAULT true UNIQUE CHECK (singleton)
      );
      CREATE TABLE member (
        id uuid PRIMARY KEY,
        role text NOT NULL CHECK (role IN ('owner', 'member')),
        certificate_fp text NOT NULL UNIQUE,
        certificate bytea NOT NULL,
        sealed_backup bytea NOT NULL,
        recovery_token_digest bytea NOT NULL UNIQUE
      );
      CREATE TABLE device (
        id uuid PRIMARY KEY,
        member_id uuid NOT NULL REFERENCES member,
        kind text NOT NULL CHECK (kind IN ('full', 'upload-only', 'renderer')),
        label text NOT NULL,
        certificate_fp text NOT NULL UNIQUE,
        certificate bytea NOT NULL,
        projects uuid[],
        expires_at timestamptz,
        revoked_at timestamptz
      );
      -- A member's newer secret keys, sealed to each of its full devices and to its recovery certificate; seq: the entry.
      CREATE TABLE member_key (
        device_id uuid NOT NULL REFERENCES device,
        seq integer NOT NULL REFERENCES membership_entry,
        sealed bytea NOT NULL,
        PRIMARY KEY (device_id, seq)
      );
      CREATE TABLE member_backup (
        member_id uuid NOT NULL REFERENCES member,
        seq integer NOT NULL REFERENCES membership_entry,
        sealed bytea NOT NULL,
        PRIMARY KEY (member_id, seq)
      );
      CREATE TABLE renderer_offer (
        device_id uuid PRIMARY KEY,
        certificate bytea NOT NULL,
        proof bytea NOT NULL,
        offered_at timestamptz NOT NULL
      );
      CREATE TABLE challenge (
        challenge bytea PRIMARY KEY,
        device_id uuid NOT NULL REFERENCES device,
        expires_at timestamptz NOT NULL
      );
      CREATE TABLE session (
        token_digest bytea PRIMARY KEY,
        device_id uuid NOT NULL REFERENCES device,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX session_expiry ON session (expires_at);
      CREATE TABLE receipt_key (
        origin text PRIMARY KEY,
        public_key bytea NOT NULL,
        private_key bytea NOT NULL
      );
      CREATE TABLE audit_event (
        position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL,
        type text NOT NULL,
        -- Who: a device for its member, a member by a signature or a kit, or, both null, the server itself.
        device_id uuid,
        member_id uuid,
        -- To what: an id, or the key of an object in the store.
        object text NOT NULL
      );
      CREATE TABLE idempotency_key (
        device_id uuid NOT NULL REFERENCES device,
        key text NOT NULL,
        request_digest bytea NOT NULL,
        reply jsonb,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (device_id, key)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_key, audit_event, receipt_key, session, challenge, renderer_offer,
      member_key, member_backup, device, member, organization, membership_entry`);
  }
}
