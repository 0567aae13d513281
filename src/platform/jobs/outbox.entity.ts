import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Work that is due, done, or given up. Written in the transaction that makes it due. */
@Entity('outbox')
export class OutboxRow {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('text')
  job!: string;

  /** Ids only. */
  @Column('jsonb')
  payload!: object;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** Not before. Moves on with each failure. */
  @Column('timestamptz', { name: 'due_at', default: () => 'now()' })
  dueAt!: Date;

  /** When it was last handed to the queue. */
  @Column('timestamptz', { name: 'dispatched_at', nullable: true })
  dispatchedAt!: Date | null;

  /** When the worker that runs it last gave a sign of life. */
  @Column('timestamptz', { name: 'claimed_at', nullable: true })
  claimedAt!: Date | null;

  /** Runs that failed. */
  @Column('integer', { default: 0 })
  attempts!: number;

  @Column('timestamptz', { name: 'done_at', nullable: true })
  doneAt!: Date | null;

  /** When it was given up. */
  @Column('timestamptz', { name: 'failed_at', nullable: true })
  failedAt!: Date | null;

  /** Of the last failure; never its message, which may quote data. */
  @Column('text', { name: 'error_code', nullable: true })
  errorCode!: string | null;

  /** No two open rows of a job have the same. */
  @Column('text', { name: 'unique_key', nullable: true })
  uniqueKey!: string | null;
}
