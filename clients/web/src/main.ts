import { mount } from 'svelte';
import './features.js';
import App from './shell/App.svelte';
import { language } from './platform/i18n/language.svelte.js';
import { arrival } from './platform/router/arrival.svelte.js';
import { release } from './platform/release/release.svelte.js';
import UnfitPage from './shell/UnfitPage.svelte';
import { lackOfBrowser } from './shell/fitness.js';
import { allFeatures } from './shell/registry.js';
import { network } from './shell/network.svelte.js';
import { session } from './shell/session.svelte.js';
import { theme } from './shell/theme.svelte.js';
import './platform/ui/app.css';
import { keepFocus } from './platform/ui/keep-focus.js';

const target = document.getElementById('app')!;
theme.apply();
document.documentElement.lang = language.tag;

function start(): void {
  arrival.watch(allFeatures().flatMap(({ secretPaths = [] }) => secretPaths));
  for (const feature of allFeatures()) feature.start?.();
  keepFocus();
  session.watchIdle();
  release.watch();
  network.watch();
  void session.refresh();
  mount(App, { target });
}

const lack = await lackOfBrowser();
if (lack) mount(UnfitPage, { target, props: { lack } });
else start();
