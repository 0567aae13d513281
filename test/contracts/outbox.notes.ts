import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { inTransaction } from '../../src/platform/database/transaction.js';
import { defineJob, type PayloadOf } from '../../src/platform/jobs/define-job.js';
import { HandlesJob, type RunningJob } from '../../src/platform/jobs/handles-job.decorator.js';

export const Note = defineJob('test.note', z.object({ noteId: z.uuid() }));
export const Twice = defineJob('test.fail-twice', z.object({ noteId: z.uuid() }));
export const Never = defineJob('test.fail-always', z.object({ noteId: z.uuid() }));
export const Slow = defineJob('test.slow', z.object({ noteId: z.uuid() }));
export const Plain = defineJob('test.plain', z.object({ noteId: z.uuid() }));
export const Tick = defineJob('test.tick', z.object({}));

/** Writes one row for each run that took effect, so that a second effect shows. */
@Injectable()
export class Notes {
  readonly started: string[] = [];
  ticks = 0;
  release = () => {};
  private readonly gate = new Promise<void>((resolve) => (this.release = resolve));

  constructor(private readonly dataSource: DataSource) {}

  @HandlesJob(Note)
  async note({ noteId }: PayloadOf<typeof Note>, running: RunningJob): Promise<void> {
    this.started.push(noteId);
    await inTransaction(this.dataSource, async (manager) => {
      await manager.query('INSERT INTO note VALUES ($1, $2)', [noteId, running.attempts]);
      await running.complete(manager);
    });
  }

  @HandlesJob(Twice)
  async twice({ noteId }: PayloadOf<typeof Twice>, running: RunningJob): Promise<void> {
    if (running.attempts < 2) throw Object.assign(new Error('secret of the pilot'), { code: 'test.not_yet' });
    await this.note({ noteId }, running);
  }

  @HandlesJob(Never)
  async never({ noteId }: PayloadOf<typeof Never>, running: RunningJob): Promise<void> {
    this.started.push(noteId);
    await inTransaction(this.dataSource, async (manager) => {
      await manager.query('INSERT INTO note VALUES ($1, 0)', [noteId]);
      await running.complete(manager);
      throw new TypeError('secret of the pilot');
    });
  }

  @HandlesJob(Slow)
  async slow({ noteId }: PayloadOf<typeof Slow>, running: RunningJob): Promise<void> {
    this.started.push(noteId);
    await this.gate;
    await inTransaction(this.dataSource, async (manager) => {
      await manager.query('INSERT INTO note VALUES ($1, $2)', [noteId, running.attempts]);
      await running.complete(manager);
    });
  }

  @HandlesJob(Plain)
  async plain({ noteId }: PayloadOf<typeof Plain>): Promise<void> {
    await this.dataSource.query('INSERT INTO note VALUES ($1, 0)', [noteId]);
  }

  @HandlesJob(Tick)
  async tick(): Promise<void> {
    this.ticks++;
  }
}
