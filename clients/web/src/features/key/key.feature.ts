import { register } from '../../shell/registry.js';
import KeyPage from './KeyPage.svelte';
import { keyTexts } from './key-texts.js';

register({
  pages: [{ path: '/key', component: KeyPage }],
  links: [{ at: 'devices', text: () => keyTexts.title, icon: 'key', path: () => '/key' }],
});
