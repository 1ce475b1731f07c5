// Functions that ftrace cannot take and that fentry may attach to all the same: x86's trampolines replace five bytes of nothing
// at a function's beginning, whoever put them there (bpf_arch_text_poke). At boot the kernel writes such bytes over jumps:
// alternatives for the processor, and branches of static keys.

import { type KernelView, symbolRange } from '../kernel-view.ts';
import { structField, structSize } from '../types/struct-fields.ts';

const ENDBR64 = 0xfa1e0ff3;
const NOP5 = 0x00441f0f;
const JMP = 0xe9;
const MAX_TABLE = 1n << 24n;

/** Whether the code at an address begins with five bytes of nothing, or may once the kernel has booted. */
export function patchedStarts(view: KernelView): (address: bigint) => boolean {
  const { memory } = view;
  if (memory.arch !== 'x86_64') return () => false;
  let patched: ReadonlySet<bigint> | undefined;
  return (address) => {
    const start = memory.u32(address) === ENDBR64 ? address + 4n : address;
    if (memory.u32(start) === NOP5 && memory.u8(start + 4n) === 0) return true;
    if (memory.u8(start) !== JMP) return false;
    patched ??= new Set([
      ...placesOf(view, 'alt_instr', 'instr_offset', '__alt_instructions', '__alt_instructions_end'),
      ...placesOf(view, 'jump_entry', 'code', '__start___jump_table', '__stop___jump_table'),
    ]);
    return patched.has(start);
  };
}

/** The code that the entries of a table name, each by its distance from the entry. */
function placesOf(view: KernelView, struct: string, member: string, from: string, to: string): bigint[] {
  const { memory, btf } = view;
  const range = symbolRange(view, from, to);
  const field = structField(btf, struct, member);
  const step = structSize(btf, struct);
  if (!range || !field || !step || range.end - range.start > MAX_TABLE) return [];
  const places: bigint[] = [];
  for (let at = range.start; at + BigInt(step) <= range.end; at += BigInt(step)) {
    const place = at + BigInt(field.byteOffset);
    const distance = memory.s32(place);
    if (distance !== undefined) places.push(place + BigInt(distance));
  }
  return places;
}
