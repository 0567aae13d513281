import { register } from '../../shell/registry.js';
import SessionsPage from './SessionsPage.svelte';
import { sessionsTexts } from './sessions-texts.js';

register({
  pages: [
    {
      path: '/sessions',
      component: SessionsPage,
      menu: { text: () => sessionsTexts.sessions, icon: 'key', for: 'reader' },
    },
  ],
});
