import { register } from '../../shell/registry.js';
import ApprovePage from './ApprovePage.svelte';
import DevicesPage from './DevicesPage.svelte';
import { devicesTexts } from './devices-texts.js';
import EnrollPage from './EnrollPage.svelte';
import NewDevices from './NewDevices.svelte';

register({
  pages: [
    {
      path: '/devices',
      component: DevicesPage,
      menu: { text: () => devicesTexts.devices, icon: 'device', for: 'reader' },
    },
    { path: '/devices/approve', component: ApprovePage },
    { path: '/devices/enroll', component: EnrollPage },
  ],
  pills: [NewDevices],
  secretPaths: ['/devices/approve'],
});
