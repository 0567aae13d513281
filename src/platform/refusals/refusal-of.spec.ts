import { describe, expect, it } from '@jest/globals';
import { FrameError, RecordError, errorTable } from '@aerie/protocol';
import { QueryFailedError } from 'typeorm';
import { ApiError } from '../http/api-error.js';
import { StoreFull } from '../storage/object-store.port.js';
import { refusalOf } from './refusal-of.js';
import { serverMadeUniques, uniqueViolations } from './unique-violations.js';

const fromDatabase = (code: string, constraint?: string): Error =>
  new QueryFailedError('INSERT', [], Object.assign(new Error('x'), { code, severity: 'ERROR', constraint }));

describe('The mapping of errors to refusals', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a refusal', new ApiError('media.unknown'), 'media.unknown'],
    ['a bad signature', new RecordError('signature', 'x'), 'record.signature_invalid'],
    ['a bad record', new RecordError('shape', 'x'), 'record.mismatch'],
    ['a bad frame', new FrameError('x'), 'request.malformed'],
    ['a full store', new StoreFull('x'), 'server.storage_full'],
    ['a full disk', Object.assign(new Error('x'), { code: 'ENOSPC' }), 'server.storage_full'],
    ['a database that cannot extend a file', fromDatabase('53100'), 'server.storage_full'],
    [
      'a database that cannot even connect for it',
      Object.assign(new Error(), { code: '53100', severity: 'FATAL' }),
      'server.storage_full',
    ],
    [
      'a database that recovers',
      Object.assign(new Error(), { code: '57P03', severity: 'FATAL' }),
      'server.unavailable',
    ],
    ['a database that is gone', Object.assign(new Error(), { code: 'ECONNREFUSED' }), 'server.unavailable'],
    ['an id that is taken', fromDatabase('23505', 'blob_pkey'), 'blob.conflict'],
    ['an id of ours that is taken', fromDatabase('23505', 'blob_object_key_key'), undefined],
    ['a constraint nobody knows', fromDatabase('23505', 'toString'), undefined],
    ['a query of ours that is wrong', fromDatabase('42601'), undefined],
    ['a mistake', new TypeError('x'), undefined],
    ['nothing', undefined, undefined],
  ])('names %s', (_, error, code) => {
    expect(refusalOf(error)?.code).toBe(code);
  });

  it('names each constraint once, with a refusal that blames the caller', () => {
    const names = [...Object.keys(uniqueViolations), ...serverMadeUniques];
    expect(new Set(names).size).toBe(names.length);
    for (const code of Object.values(uniqueViolations)) expect(errorTable[code].status).toBe(409);
  });
});
