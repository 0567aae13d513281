import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that is due, written in the transaction that makes it due. */
export class Outbox0001 implements MigrationInterface {
  readonly name = 'Outbox0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox (
        id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        job           text NOT NULL,
        payload       jsonb NOT NULL,
        created_at    timestamptz NOT NULL DEFAULT now(),
        due_at        timestamptz NOT NULL DEFAULT now(),
        dispatched_at timestamptz,
        claimed_at    timestamptz,
        attempts      integer NOT NULL DEFAULT 0,
        done_at       timestamptz,
        failed_at     timestamptz,
        error_code    text,
        unique_key    text
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX outbox_unique_key ON outbox (job, unique_key) WHERE done_at IS NULL AND failed_at IS NULL`);
    await runner.query(`CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL AND failed_at IS NULL`);
    await runner.query(`CREATE INDEX outbox_periodic ON outbox (job, created_at) WHERE unique_key = 'every'`);
    await runner.query(`CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox');
  }
}
