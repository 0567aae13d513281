#!/usr/bin/env node
const { setFlagsFromString } = require('node:v8');

// Octets on their way through make the collector mark the whole heap all the time, beside the work; marking it at once
// and less often takes a quarter of the processor time off a large file (docs/performance.md).
setFlagsFromString('--no-incremental-marking');
require('../dist/aerie.cjs');
