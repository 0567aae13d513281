import { register } from '../../shell/registry.js';
import CheckPage from './CheckPage.svelte';
import CheckPill from './CheckPill.svelte';
import { checkPath } from './checks.svelte.js';
import { checksTexts } from './checks-texts.js';

register({
  pages: [{ path: '/projects/:projectId/check', component: CheckPage }],
  links: [{ at: 'project', text: () => checksTexts.check, icon: 'badge', path: checkPath }],
  pills: [CheckPill],
});
