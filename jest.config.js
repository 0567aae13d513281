/** One runner, native ESM, TypeScript through swc. @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
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
    '^@aerie/sdk/renditions$': '<rootDir>/clients/sdk/src/platform/node/renditions.ts',
    '^@aerie/sdk/browser$': '<rootDir>/clients/sdk/src/platform/browser/index.ts',
    '^@aerie/sdk/node$': '<rootDir>/clients/sdk/src/platform/node/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testMatch: ['<rootDir>/{src,protocol,clients,test}/**/*.{spec,e2e-spec,contract-spec}.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 60_000,
};
