import { register } from '../../shell/registry.js';
import ServerPage from './ServerPage.svelte';
import { serverTexts } from './server-texts.js';

register({
  pages: [
    { path: '/server', component: ServerPage, menu: { text: () => serverTexts.server, icon: 'server', for: 'owner' } },
  ],
});
