import { register } from '../../shell/registry.js';
import DropArea from './DropArea.svelte';
import UploadPill from './UploadPill.svelte';
import { startUpload, unfinishedFiles, uploadTo } from './uploads.svelte.js';
import UploadsPage from './UploadsPage.svelte';

register({
  pages: [{ path: '/projects/:projectId/uploads', component: UploadsPage }],
  pills: [UploadPill],
  unfinished: unfinishedFiles,
  offers: {
    uploads: { start: startUpload, isKnown: (projectId) => uploadTo(projectId) !== undefined, Area: DropArea },
  },
});
