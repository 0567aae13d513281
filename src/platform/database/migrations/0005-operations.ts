import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an owner asks about the running service: who is logged in, who was last heard of, since when uploads are open. */
export class Operations0005 implements MigrationInterface {
  readonly name = 'Operations0000000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE session
        -- Random, so that it may be shown: the token and its digest say nothing of it.
        ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
        ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();
      UPDATE session SET created_at = least(now(), expires_at - interval '12 hours');

      ALTER TABLE device ADD COLUMN last_seen_at timestamptz;

      ALTER TABLE upload ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
      -- Of those that are open already only the end is known; a week was the usual lifetime.
      UPDATE upload SET created_at = least(now(), expires_at - interval '168 hours');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE upload DROP COLUMN created_at;
      ALTER TABLE device DROP COLUMN last_seen_at;
      ALTER TABLE session DROP COLUMN last_used_at, DROP COLUMN created_at, DROP COLUMN id;
    `);
  }
}
