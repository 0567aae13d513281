import { mount } from 'svelte';
import App from './App.svelte';
import { language } from './i18n/language.svelte.js';
import './router/arrival.svelte.js';
import { release } from './release/release.svelte.js';
import { session } from './session/session.svelte.js';
import { theme } from './session/theme.svelte.js';
import { serveStreams } from './video/serve-streams.js';
import './ui/app.css';
import { keepFocus } from './ui/keep-focus.js';

theme.apply();
document.documentElement.lang = language.tag;
serveStreams();
keepFocus();
session.watchIdle();
release.watch();
void session.refresh();
mount(App, { target: document.getElementById('app')! });
