import { measureSlowness } from './test/support/slowness.mjs';

// Once a run: the workers inherit it.
process.env.AERIE_SLOWNESS = String(measureSlowness());

/** One runner, native ESM, TypeScript through swc. @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Sources import each other as `./x.js`, as Node needs; in tests that name is the .ts file beside it.
  moduleNameMapper: {
    '^@aerie/protocol$': '<rootDir>/protocol/src/index.ts',
    '^@aerie/sdk$': '<rootDir>/clients/sdk/src/index.ts',
    '^@aerie/sdk/passphrase$': '<rootDir>/clients/sdk/src/crypto/passphrase-strength.ts',
    '^@aerie/sdk/renditions$': '<rootDir>/clients/sdk/src/platform/node/renditions.ts',
    '^@aerie/sdk/browser$': '<rootDir>/clients/sdk/src/platform/browser/index.ts',
    '^@aerie/sdk/node$': '<rootDir>/clients/sdk/src/platform/node/index.ts',
    // Which implementation a program has, package.json decides; Node's here, and the browser's by its file.
    '^#public-primitives$': '<rootDir>/protocol/src/primitives/node.ts',
    '^#primitives$': '<rootDir>/clients/sdk/src/platform/node/primitives.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testMatch: ['<rootDir>/{src,protocol,clients,test}/**/*.{spec,e2e-spec,contract-spec}.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  // For an idle machine; the environment scales it.
  testTimeout: 60_000,
};
