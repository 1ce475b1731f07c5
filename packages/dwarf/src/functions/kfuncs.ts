// Which functions BPF programs may call: sets of ids in .BTF_ids, whose symbols say which functions they are made for.
// dwarves' btf_encoder__collect_kfuncs; include/linux/btf_ids.h.

import { ElfType } from '@btfq/elf';
import { type ElfReader, sectionContent, sectionNamed } from '../read/elf-reader.ts';
import type { NameTable } from '../read/names.ts';
import { readSymbols } from './elf-functions.ts';

const FUNC_PREFIX = '__BTF_ID__func__';
const SET8_PREFIX = '__BTF_ID__set8__';
/** `BTF_SET8_KFUNCS` in a set's flags. */
const SET8_KFUNCS = 1;

/** Flags of a kfunc (`KF_*`) that change what BTF says. */
export const KfuncFlag = { Fastcall: 1 << 12, ArenaReturn: 1 << 13, ArenaArg1: 1 << 14, ArenaArg2: 1 << 15 } as const;

/** The flags of each kfunc, by the number of its name. */
export function collectKfuncs(elf: ElfReader, names: NameTable): ReadonlyMap<number, number> {
  const kfuncs = new Map<number, number>();
  const section = sectionNamed(elf, '.BTF_ids');
  const raw = section === undefined ? undefined : readSymbols(elf);
  if (section === undefined || raw === undefined) return kfuncs;
  const ids = sectionContent(elf, section);
  const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
  const { is64, littleEndian } = elf;
  // in a module symbols count from their section's start
  const start = elf.type === ElfType.Rel ? 0 : section.addressLow;
  const sets: { start: number; end: number }[] = [];
  const functions: { name: string; offset: number }[] = [];
  for (let at = 0; at + raw.size <= raw.entries.byteLength; at += raw.size) {
    const index = raw.entries.getUint16(at + (is64 ? 6 : 14), littleEndian);
    if (index !== section.index) continue;
    const name = text(raw.strings, raw.entries.getUint32(at, littleEndian));
    const value = at + (is64 ? 8 : 4);
    // addresses of one section have one high half
    const offset = (raw.entries.getInt32(is64 && !littleEndian ? value + 4 : value, littleEndian) - start) >>> 0;
    if (name.startsWith(SET8_PREFIX)) {
      if (offset + 8 > ids.length || (view.getUint32(offset + 4, littleEndian) & SET8_KFUNCS) === 0) continue;
      const place = at + (is64 ? 16 : 8);
      const size = raw.entries.getUint32(is64 && !littleEndian ? place + 4 : place, littleEndian);
      sets.push({ start: offset, end: offset + size });
    } else if (name.startsWith(FUNC_PREFIX)) functions.push({ name, offset });
  }
  for (const { name, offset } of functions) {
    const func = functionName(name);
    if (func === undefined || offset + 8 > ids.length) continue;
    if (!sets.some(({ start, end }) => start <= offset && offset < end)) continue;
    kfuncs.set(names.internText(func), view.getUint32(offset + 4, littleEndian));
  }
  return kfuncs;
}

/** `__BTF_ID__func__vfs_close__1` is made for `vfs_close`. */
function functionName(symbol: string): string | undefined {
  const rest = symbol.slice(FUNC_PREFIX.length);
  const end = rest.lastIndexOf('_');
  return rest.includes('__') && end > 0 && rest[end - 1] === '_' ? rest.slice(0, end - 1) : undefined;
}

function text(strings: Uint8Array, start: number): string {
  let name = '';
  for (let i = start; i < strings.length && strings[i] !== 0; i++) name += String.fromCharCode(strings[i]!);
  return name;
}
