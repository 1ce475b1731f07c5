#!/usr/bin/env node
// The only place that reads argv and exits.
import { enableCompileCache } from 'node:module';

// Compiled code is kept between runs, which makes short commands start faster.
enableCompileCache?.();

async function main(): Promise<void> {
  const { runCli } = await import('./cli.ts');
  const { processIo } = await import('./process-io.ts');
  const io = processIo();
  process.exitCode = await runCli(process.argv.slice(2), io);
  io.flush();
}

void main();
