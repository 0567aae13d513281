import { mount } from 'svelte';
import App from './shell/App.svelte';
import { language } from './platform/i18n/language.svelte.js';
import './platform/router/arrival.svelte.js';
import { release } from './platform/release/release.svelte.js';
import { session } from './shell/session.svelte.js';
import { theme } from './shell/theme.svelte.js';
import { serveStreams } from './features/video/serve-streams.js';
import './platform/ui/app.css';
import { keepFocus } from './platform/ui/keep-focus.js';

theme.apply();
document.documentElement.lang = language.tag;
serveStreams();
keepFocus();
session.watchIdle();
release.watch();
void session.refresh();
mount(App, { target: document.getElementById('app')! });
