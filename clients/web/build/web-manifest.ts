/** What an installed Aerie is called and how it is opened (W3C Web Application Manifest). */
export const webManifest = {
  id: '/',
  name: 'Aerie',
  short_name: 'Aerie',
  description: 'Drone footage, encrypted on this device',
  start_url: '/',
  display: 'standalone' as const,
  background_color: '#0d1418',
  theme_color: '#0d1418',
  icons: [
    { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' as const },
    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
  ],
  // Photos and videos that other apps hand over; the service worker takes them, nothing reaches the server unsealed.
  share_target: {
    action: '/share',
    method: 'POST' as const,
    enctype: 'multipart/form-data' as const,
    params: { files: [{ name: 'files', accept: ['image/*', 'video/*', '*/*'] }] },
  },
};
