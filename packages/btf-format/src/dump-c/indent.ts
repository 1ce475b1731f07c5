// Line starts of the dump to C.

import { ascii, type ByteOutput } from '../byte-output.ts';

/** libbpf indents by 13 tabs at most. */
const MAX_INDENT = 13;
const LINES = Array.from({ length: MAX_INDENT + 1 }, (_, level) => ascii(`\n${'\t'.repeat(level)}`));

/** A line break and the tabs of the line that follows. */
export function writeIndent(out: ByteOutput, level: number): void {
  out.write(LINES[Math.min(level, MAX_INDENT)] as Uint8Array);
}
