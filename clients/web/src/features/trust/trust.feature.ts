import { register } from '../../shell/registry.js';
import TrustPage from './TrustPage.svelte';
import { trustTexts } from './trust-texts.js';

register({
  pages: [{ path: '/what-the-server-sees', component: TrustPage, menu: { text: () => trustTexts.menu, icon: 'eye' } }],
});
