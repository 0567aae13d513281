import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'data/', 'coverage/', '.cache/'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'protocol/tsconfig.json', 'clients/*/tsconfig.json', 'test/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    // Names, and comments that quiet a warning, are svelte-check's business; not every Map is shown.
    rules: { 'no-undef': 'off', 'svelte/no-unused-svelte-ignore': 'off', 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    files: ['src/**/*.ts', 'protocol/src/**/*.ts', 'clients/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts', 'src/platform/database/migrations/**'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // A test waits for a fact: with `until`, for an event, or for a turn of the event loop where all is in memory.
    files: ['**/*.spec.ts', '**/*-spec.ts'],
    // A slow reader and a slow journal, on purpose.
    ignores: ['clients/sdk/src/crypto/open.spec.ts', 'clients/sdk/src/crypto/seal.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [{ name: 'node:timers/promises', importNames: ['setTimeout'] }] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.name="setTimeout"]',
          message: 'Wait for a fact: see test/support/people.ts.',
        },
        { selector: 'CallExpression[callee.property.name="waitForTimeout"]', message: 'Wait for a fact.' },
      ],
    },
  },
  {
    // Nest reads constructor types at run time, so what looks like a type import there is a value.
    files: ['src/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['src/**/*.ts'],
    // The embedded database hands its own child an environment.
    ignores: [
      'src/platform/config/config.ts',
      'src/main.ts',
      'src/platform/database/postgres-binaries.ts',
      '**/*.spec.ts',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config/ reads the environment; ask Config.' },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        TextDecoder: 'readonly',
        TextEncoder: 'readonly',
      },
    },
  },
  {
    // Parts of these run in a page.
    files: ['infra/bench/web/*.mjs', 'infra/newcomer.mjs'],
    languageOptions: {
      globals: {
        crypto: 'readonly',
        document: 'readonly',
        navigator: 'readonly',
        requestAnimationFrame: 'readonly',
        MutationObserver: 'readonly',
      },
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
);
