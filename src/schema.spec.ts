import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { schema } from './schema.js';

/** What the migrations of this format are. Add a migration: only the digest changes. Edit one: the format must change as well. */
const known = { format: 8, digest: '37edc0a55fd9ff45' };

describe('The format of the database', () => {
  it('has a new number where a migration was edited', () => {
    const folder = join(process.cwd(), 'src/platform/database/migrations');
    const hash = createHash('sha256');
    for (const name of readdirSync(folder).sort()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
    expect({ format: schema.format, digest: hash.digest('hex').slice(0, 16) }).toEqual(known);
  });
});
