import { register } from '../../shell/registry.js';
import { serveStreams } from './serve-streams.js';
import VideoPlayer from './VideoPlayer.svelte';

register({ offers: { VideoPlayer }, start: serveStreams });
