import { register } from '../../shell/registry.js';
import TimelinePage from './TimelinePage.svelte';

register({ pages: [{ path: '/projects/:projectId', component: TimelinePage }] });
