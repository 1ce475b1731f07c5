#!/usr/bin/env node
// The only place that reads argv and exits.
import module from 'node:module';

// Compiled code is kept between runs, which makes short commands start faster.
module.enableCompileCache?.();

const [{ runCli }, { processIo }] = await Promise.all([import('./cli.ts'), import('./process-io.ts')]);
const io = processIo();
process.exitCode = await runCli(process.argv.slice(2), io);
io.flush();
