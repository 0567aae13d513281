/**
 * `aerie-web.json`: what one build of the web app consists of, and how it must be served. Written by the build, read by
 * the server that serves it, by the app in the browser and by `aerie verify-web`.
 */
import { z } from 'zod';

/** W3C Subresource Integrity, SHA-384. */
const Integrity = z.string().regex(/^sha384-[A-Za-z0-9+/]{64}$/);
/** From the root of the app's origin; neither a query nor a step upwards can be written. */
const WebPath = z.string().regex(/^(\/[\w-][\w.-]*)+$/);
/** One header value: no line break can hide in it. */
const HeaderValue = z.string().regex(/^[\x20-\x7e]+$/);

export const WebRelease = z
  .object({
    format: z.literal(1),
    page: WebPath,
    serviceWorker: WebPath,
    contentSecurityPolicy: HeaderValue,
    workerPolicy: HeaderValue,
    files: z.record(WebPath, z.object({ integrity: Integrity, bytes: z.number().int().min(0), type: HeaderValue })),
  })
  .refine(({ files, page, serviceWorker }) => page in files && serviceWorker in files, {
    error: 'page and serviceWorker must be among the files',
  });
export type WebRelease = z.output<typeof WebRelease>;

/** Where a server hands it out, and its name in the folder of a build. */
export const webReleasePath = '/aerie-web.json';

/** Nothing of an answer may be shown as a page, or run: for all that is neither page nor script. */
export const inertPolicy = `default-src 'none'; frame-ancestors 'none'`;

/** The Content Security Policy that a file of a release is served with. */
export function policyOf(release: Omit<WebRelease, 'files'>, path: string): string {
  if (path === release.page) return release.contentSecurityPolicy;
  // Workers take their policy from their own answer; for the page's script it means nothing.
  return path.endsWith('.js') ? release.workerPolicy : inertPolicy;
}

/** What the app may ask the browser for: pictures from a phone's camera, the whole screen for a viewer, a screen that stays on during an upload. */
const permitted = ['autoplay', 'camera', 'clipboard-write', 'fullscreen', 'picture-in-picture', 'screen-wake-lock'];
const refused = [
  ...['accelerometer', 'browsing-topics', 'clipboard-read', 'display-capture', 'encrypted-media'],
  ...['geolocation', 'gyroscope', 'hid', 'idle-detection', 'keyboard-map', 'local-fonts', 'magnetometer', 'microphone'],
  ...['midi', 'payment', 'publickey-credentials-get', 'serial', 'storage-access', 'usb', 'window-management'],
  ...['xr-spatial-tracking'],
];
const permissionsPolicy = [
  ...permitted.map((feature) => `${feature}=(self)`),
  ...refused.map((feature) => `${feature}=()`),
].join(', ');

/** On every answer of the server, whatever the route, and on every file of the app that its service worker answers. `Strict-Transport-Security` is set where TLS ends. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': permissionsPolicy,
};
