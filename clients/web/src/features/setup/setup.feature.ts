import { register } from '../../shell/registry.js';
import SetupPage from './SetupPage.svelte';

register({
  entries: [
    {
      // Nothing else before the recovery kit is confirmed.
      isWanted: (state, path) =>
        state.kind === 'setup' || (state.kind === 'open' && (!state.isKitConfirmed || path === '/setup')),
      component: SetupPage,
    },
  ],
  secretPaths: ['/setup'],
});
