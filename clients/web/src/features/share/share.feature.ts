import { sharePath } from '../../platform/sw/share-messages.js';
import { register } from '../../shell/registry.js';
import SharePage from './SharePage.svelte';

register({ pages: [{ path: sharePath, component: SharePage }] });
