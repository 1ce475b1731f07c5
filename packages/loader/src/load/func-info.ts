// func_info and line_info of a program and its subprograms, moved to where their instructions are. libbpf.c
// reloc_prog_func_and_line_info, adjust_prog_btf_ext_info.

import type { BtfExt, ExtInfo } from '@btfq/btf-format';
import { INSN_SIZE } from '@btfq/core-reloc';
import { LoaderErrno } from '../errors.ts';
import type { CollectedInfo, LoadState, ProgramState } from './state.ts';

/** Adds the records of `own` to those of `main`. Without any of the main program's, subprograms get none either. */
export function collectInfo(state: LoadState, main: ProgramState, own: ProgramState): void {
  const { ext } = state.object;
  if (ext === undefined || !state.features.has('btf-func')) return;
  for (const [key, area, word] of [
    ['funcInfo', ext.funcInfo, 'function'],
    ['lineInfo', ext.lineInfo, 'line'],
  ] as const) {
    if (main !== own && main[key] === undefined) continue;
    const added = records(state, ext, area, own);
    if (added !== undefined) main[key] = joined(main[key], added);
    else if (main[key] !== undefined) {
      throw state.fail(LoaderErrno.NoEntry, `prog '${own.program.name}': missing .BTF.ext ${word} info.`);
    } else {
      const short = word === 'function' ? 'func' : 'line';
      state.warn(
        `prog '${own.program.name}': missing .BTF.ext ${word} info for the main program, skipping all of .BTF.ext ${short} info.`,
      );
    }
  }
}

/** The records of one function: of its section's first group, from the first that lies in it to the last. */
function records(state: LoadState, ext: BtfExt, area: ExtInfo, own: ProgramState): CollectedInfo | undefined {
  const { btf, elf } = state.object;
  const { program } = own;
  if (btf === undefined) return undefined;
  for (const section of area.sections) {
    const name = section.secNameOff < btf.stringEnd ? btf.string(section.secNameOff) : '';
    if (name === '' || elf.section(name)?.index !== program.sectionIndex) continue;
    const source = new DataView(ext.bytes.buffer, ext.bytes.byteOffset, ext.bytes.byteLength);
    const insnOf = (i: number) =>
      Math.floor(source.getUint32(section.offset + i * area.recSize, ext.littleEndian) / INSN_SIZE);
    let first = -1;
    let end = 0;
    for (let i = 0; i < section.count; i++) {
      const insn = insnOf(i);
      if (insn < program.insnOffset) continue;
      if (insn >= program.insnOffset + program.insnCount) break;
      if (first < 0) first = i;
      end = i + 1;
    }
    if (first < 0) return undefined;
    const bytes = Uint8Array.from(
      ext.bytes.subarray(section.offset + first * area.recSize, section.offset + end * area.recSize),
    );
    const view = new DataView(bytes.buffer);
    for (let i = first; i < end; i++) {
      view.setUint32((i - first) * area.recSize, insnOf(i) + own.place - program.insnOffset, true);
    }
    return { recordSize: area.recSize, count: end - first, bytes };
  }
  return undefined;
}

function joined(before: CollectedInfo | undefined, { recordSize, count, bytes }: CollectedInfo): CollectedInfo {
  if (before === undefined) return { recordSize, count, bytes };
  const all = new Uint8Array(before.bytes.length + bytes.length);
  all.set(before.bytes);
  all.set(bytes, before.bytes.length);
  return { recordSize, count: before.count + count, bytes: all };
}
