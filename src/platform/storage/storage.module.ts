import { type DynamicModule, Module } from '@nestjs/common';
import { FilesystemObjectStore } from './object-store.filesystem.js';
import { measuredStore } from './measured-store.js';
import { ObjectStore } from './object-store.port.js';
import { S3ObjectStore, type S3Options } from './object-store.s3.js';

export type StorageOptions = { kind: 'filesystem'; dir: string; reserveBytes: number } | ({ kind: 's3' } & S3Options);

/** Chooses the object store. */
@Module({})
export class StorageModule {
  static for(options: StorageOptions): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [{ provide: ObjectStore, useFactory: async () => measuredStore(await openStore(options)) }],
      exports: [ObjectStore],
    };
  }
}

async function openStore(options: StorageOptions): Promise<ObjectStore> {
  if (options.kind === 'filesystem') {
    const store = new FilesystemObjectStore(options.dir, options.reserveBytes);
    await store.clearIncoming();
    return store;
  }
  const store = new S3ObjectStore(options);
  await store.ensureBucket();
  return store;
}
