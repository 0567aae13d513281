import { register } from '../../shell/registry.js';
import ProjectsPage from './ProjectsPage.svelte';
import { projectsTexts } from './projects-texts.js';

register({
  pages: [{ path: '/projects', component: ProjectsPage, menu: { text: () => projectsTexts.projects, icon: 'folder' } }],
});
