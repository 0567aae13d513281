import { register } from '../../shell/registry.js';
import SharePage from './SharePage.svelte';

register({ pages: [{ path: '/share', component: SharePage }] });
