import { register } from '../../shell/registry.js';
import ExportPage from './ExportPage.svelte';
import ExportPill from './ExportPill.svelte';
import { exportPath } from './exports.svelte.js';
import { exportsTexts } from './exports-texts.js';

register({
  pages: [{ path: '/projects/:projectId/export', component: ExportPage }],
  links: [{ at: 'project', text: () => exportsTexts.export, icon: 'download', path: exportPath }],
  pills: [ExportPill],
});
