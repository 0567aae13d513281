import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MembershipHead, SignedRecord } from '@aerie/protocol';
import { DataSource } from 'typeorm';
import { Organization, as, newMachine } from '../../../test/support/organization.js';
import { EmbeddedPostgres } from '../../platform/database/embedded-postgres.js';
import { Identity0002 } from '../../platform/database/migrations/0002-identity.js';
import { inTransaction } from '../../platform/database/transaction.js';
import { MembershipEntry } from './membership-entry.entity.js';
import { MembershipService } from './membership.service.js';

describe('The membership chain in the database', () => {
  let harbor: Organization;
  let dir: string;
  let postgres: EmbeddedPostgres;
  let database: DataSource;
  let membership: MembershipService;
  let queries: string[];

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'aerie-membership-'));
    const onLost = (reason: Error) => {
      throw reason;
    };
    postgres = await EmbeddedPostgres.start({ dir, onLost });
    const note = (query: string) => void queries?.push(query);
    const none = () => undefined;
    database = await new DataSource({
      type: 'postgres',
      url: postgres.url,
      entities: [MembershipEntry],
      migrations: [Identity0002],
      logger: {
        ...{ logQuery: note, logQueryError: none, logQuerySlow: none },
        ...{ logSchemaBuild: none, logMigration: none, log: none },
      },
    }).initialize();
    await database.runMigrations();
    harbor = await Organization.found();
  }, 60_000);

  afterAll(async () => {
    await database?.destroy();
    await postgres?.stop();
    await rm(dir, { recursive: true });
  });

  beforeEach(async () => {
    await database.query('TRUNCATE membership_entry CASCADE');
    membership = new MembershipService(database);
    queries = [];
  });

  const append = (...entries: SignedRecord[]) =>
    inTransaction(database, (manager) => membership.append(manager, entries));
  const founded = async () => {
    await append(...harbor.entries);
    return (await membership.current())!.head;
  };
  /** The owner's laptop gives itself, or another device, a name. */
  const renamed = (
    label: string,
    after: MembershipHead,
    { deviceId = harbor.laptop.deviceId, by = harbor.laptop } = {},
  ) => harbor.sign({ said: { type: 'device-name', signer: as(harbor.laptop), deviceId, label }, key: by.key }, after);
  const label = async () => (await membership.current())!.devices.get(harbor.laptop.deviceId)!.label;

  it('is nothing before the founding, and takes nothing but a founding', async () => {
    expect(await membership.current()).toBeNull();
    expect(await membership.page(0)).toEqual({ size: 0, entries: [] });
    await expect(membership.require()).rejects.toMatchObject({ code: 'setup.needed' });
    await expect(append(harbor.entries[1]!)).rejects.toMatchObject({ name: 'RecordError', reason: 'shape' });
    await expect(append(...[...harbor.entries].reverse())).rejects.toMatchObject({ reason: 'shape' });
    await expect(append(harbor.entries[0]!, harbor.entries[2]!)).rejects.toMatchObject({ code: 'record.mismatch' });
    expect(await founded()).toEqual(harbor.membership.head);
  });

  it('is read page by page, each with the size', async () => {
    await founded();
    const { entries } = harbor;
    expect(await membership.page(0)).toEqual({ size: 3, entries });
    expect(await membership.page(2)).toEqual({ size: 3, entries: entries.slice(2) });
    for (const from of [3, Number.MAX_SAFE_INTEGER])
      expect(await membership.page(from)).toEqual({ size: 3, entries: [] });
  });

  it('has one entry at each place, however many come for it at once', async () => {
    const labels = ['One', 'Two', 'Three', 'Four'];
    // So that none waits for a connection of its own, while another is done.
    await Promise.all(labels.map(() => database.query('SELECT pg_sleep(0.1)')));
    let head = await founded();
    for (let size = 4; size < 8; size++) {
      const entries = await Promise.all(labels.map((name) => renamed(name, head)));
      const outcomes = await Promise.all(
        entries.map((entry) =>
          append(entry).then(
            (after) => after!.size,
            (error: { code: string }) => error.code,
          ),
        ),
      );
      expect(outcomes.sort()).toEqual([size, ...Array<string>(3).fill('membership.moved')]);
      head = (await membership.current())!.head;
    }
  });

  it('has an entry once, whose answer was lost, also when others came after it', async () => {
    const entry = await renamed('One', await founded());
    const { head } = (await append(entry))!;
    await append(await renamed('Two', head));
    expect(await append(entry)).toBeNull();
    expect(await append(...harbor.entries)).toBeNull();
    expect(await label()).toBe('Two');
    expect((await membership.page(0)).size).toBe(5);
  });

  it('does not believe what is rolled back', async () => {
    const head = await founded();
    const work = inTransaction(database, async (manager) => {
      const after = await membership.append(manager, [await renamed('Never', head)]);
      expect([after!.size, await membership.sizeIn(manager)]).toEqual([4, 4]);
      // Readers are not held up, and see what is committed.
      expect((await membership.current())!.head).toEqual(head);
      throw new Error('on purpose');
    });
    await expect(work).rejects.toThrow('on purpose');
    expect((await membership.current())!.head).toEqual(head);
    await append(await renamed('Other', head));
    expect(await label()).toBe('Other');
  });

  it('says what is wrong with an entry, and stays as it is', async () => {
    const head = await founded();
    const by = await newMachine(harbor.owner);
    const refused = (entry: SignedRecord, code: string) =>
      expect(append(entry)).rejects.toMatchObject({ code, details: { detail: expect.any(String) as unknown } });
    await refused(await renamed('x', head, { by }), 'record.signature_invalid');
    await refused(await renamed('x', head, { deviceId: randomUUID() }), 'record.conflict');
    await refused(await renamed('x', { ...head, size: 4 }), 'membership.moved');
    await refused(await renamed('x', { ...head, head: `${'A'.repeat(43)}=` }), 'membership.moved');
    expect((await membership.current())!.head).toEqual(head);
  });

  it('costs many callers at once two queries at most, and knows what another process has appended', async () => {
    const head = await founded();
    const other = new MembershipService(database);
    const entry = await renamed('Elsewhere', head);
    const early = membership.current();
    await inTransaction(database, (manager) => other.append(manager, [entry]));
    await early;
    queries = [];
    const all = await Promise.all(Array.from({ length: 50 }, () => membership.current()));
    expect(queries.length).toBeLessThanOrEqual(2);
    expect(new Set(all.map((one) => one!.size))).toEqual(new Set([4]));
    expect(await label()).toBe('Elsewhere');
  });
});
