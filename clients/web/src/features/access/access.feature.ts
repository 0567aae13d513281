import { register } from '../../shell/registry.js';
import AccessPage from './AccessPage.svelte';
import JoinPage from './JoinPage.svelte';

register({
  entries: [
    { isWanted: (_, path) => path === '/join', component: JoinPage },
    { isWanted: ({ kind }) => kind !== 'open', component: AccessPage },
  ],
  secretPaths: ['/join'],
});
