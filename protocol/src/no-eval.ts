import { z } from 'zod';

// Where a page's policy forbids to make code from text, zod's trial of it is reported as a violation, caught or not.
if (!('process' in globalThis)) z.config({ jitless: true });
