import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Pairings0004 implements MigrationInterface {
  readonly name = 'Pairings0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pairing (
        id uuid PRIMARY KEY,
        offer bytea NOT NULL,
        answer bytea,
        expires_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pairing');
  }
}
