import { register } from '../../shell/registry.js';
import ViewerPage from './ViewerPage.svelte';

register({
  pages: [{ path: '/projects/:projectId/media/:mediaId', component: ViewerPage, whole: true, remadeBy: 'projectId' }],
});
