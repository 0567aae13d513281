import { register } from '../../shell/registry.js';
import { download } from './download.svelte.js';
import DownloadStatus from './DownloadStatus.svelte';

register({ pills: [DownloadStatus], offers: { downloads: download } });
