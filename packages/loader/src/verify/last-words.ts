// Where the verifier stopped and what it said: the last instruction of its log, what follows it, and the source line.

import { lineInfos } from '@btfq/btf-format';
import type { SourceLine } from '@btfq/core-reloc';
import type { LoadedProgram } from '../load/options.ts';
import type { LoaderObject } from '../object/model.ts';

/** An instruction, from the verifier or, where libbpf had made it invalid, from libbpf. */
const INSTRUCTION = /^(\d+): (\(|<invalid )/;
/** Lines that are no reason: numbers at the end, source lines, states (until 5.17 on a line of their own). */
const NO_REASON =
  /^(processed \d+ insns|insns processed|verification time|stack depth|; |\d+: R\d| ?R\d+(_[a-z]+)*=|from \d+ to \d+|$)/;

/** The end of a log. */
export interface LastWords {
  /** The last instruction that the log names; undefined where it names none. */
  readonly insn: number | undefined;
  /** That instruction as the log has it, without the state behind it: `12: (79) r1 = *(u64 *)(r0 +8)`. */
  readonly instruction: string | undefined;
  /** What it says after that, without numbers: usually one line. */
  readonly words: string;
}

/** Reads a log of a refused program from its end. */
export function lastWords(log: string): LastWords {
  const lines = log.split('\n');
  const at = lines.findLastIndex((line) => INSTRUCTION.test(line));
  const insn = at < 0 ? undefined : Number(INSTRUCTION.exec(lines[at]!)?.[1]);
  const instruction = at < 0 ? undefined : lines[at]!.replace(/\s+; .*$/, '').trim();
  const words = lines.slice(at + 1).filter((line) => !NO_REASON.test(line));
  return { insn, instruction, words: words.join('\n') };
}

/** The source line of an instruction of a program as it was loaded, subprograms included. */
export function sourceOfInstruction(object: LoaderObject, loaded: LoadedProgram, insn: number): SourceLine | undefined {
  const { btf, ext, elf } = object;
  if (btf === undefined || ext === undefined) return undefined;
  const part = loaded.parts.findLast(({ start }) => start <= insn);
  if (part === undefined) return undefined;
  const own = object.programs[part.program];
  if (own === undefined || insn - part.start >= own.insnCount) return undefined;
  const first = own.insnOffset * 8;
  const wanted = first + (insn - part.start) * 8;
  let found: ReturnType<typeof lineInfos>[number] | undefined;
  for (const section of ext.lineInfo.sections) {
    const name = section.secNameOff < btf.stringEnd ? btf.string(section.secNameOff) : '';
    if (elf.section(name)?.index !== own.sectionIndex) continue;
    for (const record of lineInfos(ext, section)) {
      if (record.insnOff >= first && record.insnOff <= wanted) {
        if (found === undefined || record.insnOff >= found.insnOff) found = record;
      }
    }
  }
  if (found === undefined) return undefined;
  const text = (offset: number) => (offset < btf.stringEnd ? btf.string(offset) : '');
  return { file: text(found.fileNameOff), line: found.line, column: found.column, text: text(found.lineOff).trim() };
}
