// Data of the image by its shape: kernels without CONFIG_KALLSYMS_ALL (Debian's arm64 before 6.12) have no names for it.
import { BtfKind, type Btf, findByName, findMember, parseBtf } from '@btfq/btf-format';
import type { KernelImage, KernelMemory } from '@btfq/kernel-tables';

const encoder = new TextEncoder();

/** Every place of some bytes in the image. */
function* placesOf(memory: KernelMemory, key: Uint8Array): Generator<bigint> {
  for (const { address, bytes } of memory.regions) {
    for (let at = bytes.indexOf(key[0]!); at >= 0; at = bytes.indexOf(key[0]!, at + 1)) {
      if (key.every((byte, i) => bytes[at + i] === byte)) yield address + BigInt(at);
    }
  }
}

/** The kernel's own BTF: between its symbols, else by its header; undefined where there is none. */
export function findBtf({ memory, symbols }: KernelImage): Btf | undefined {
  const [start, end] = [symbols.address('__start_BTF'), symbols.address('__stop_BTF')];
  if (start !== undefined && end !== undefined) {
    const bytes = memory.bytes(start, Number(end - start));
    if (bytes !== undefined) return parseBtf(bytes);
  }
  // struct btf_header: magic, version 1, flags 0, length 24.
  for (const at of placesOf(memory, Uint8Array.of(0x9f, 0xeb, 1, 0, 24, 0, 0, 0))) {
    const length = 24 + (memory.u32(at + 16n) ?? 0) + (memory.u32(at + 20n) ?? 0);
    const bytes = memory.bytes(at, length);
    // Types of a kernel, not the few of a test that the kernel carries.
    if (bytes === undefined || length < 0x10000) continue;
    try {
      return parseBtf(bytes);
    } catch {
      // Only looked like one.
    }
  }
  return undefined;
}

/** `Linux version ...`; empty where the image has none. */
export function findBanner({ memory, symbols }: KernelImage): string {
  const known = symbols.address('linux_banner');
  const text = known === undefined ? undefined : memory.string(known);
  if (text !== undefined) return text;
  let plain = '';
  for (const at of placesOf(memory, encoder.encode('Linux version '))) {
    const found = memory.string(at);
    if (found === undefined || !/^Linux version \d+\./.test(found)) continue;
    // Since 6.1 there is a second text without the number of the build, which is not what the kernel says of itself.
    if (/ #\d/.test(found)) return found;
    plain ||= found;
  }
  return plain;
}

/** The first task: it is called swapper, and is its own parent. */
export function findInitTask({ memory, symbols }: KernelImage, btf: Btf): bigint | undefined {
  const known = symbols.address('init_task');
  if (known !== undefined) return known;
  const id = findByName(btf, 'task_struct', BtfKind.Struct);
  if (id === undefined) return undefined;
  const [comm, parent] = ['comm', 'real_parent'].map((name) => findMember(btf, id, name));
  if (comm === undefined || parent === undefined) return undefined;
  for (const at of placesOf(memory, encoder.encode('swapper\0'))) {
    const task = at - BigInt(comm.bitOffset / 8);
    if (memory.word(task + BigInt(parent.bitOffset / 8)) === task) return task;
  }
  return undefined;
}

const LSM_NAMES = /^[a-z_,]*\b(lockdown|yama|apparmor|selinux|landlock)\b[a-z_,]*$/;

/** Whether bpf is among the security modules that the kernel starts by itself: CONFIG_LSM, which the image has as a text. */
export function hasBpfLsm(memory: KernelMemory): boolean {
  for (const at of placesOf(memory, encoder.encode(',bpf'))) {
    let start = at;
    while (at - start < 256n && (memory.u8(start - 1n) ?? 0) !== 0) start--;
    const names = memory.string(start, 512);
    if (names !== undefined && LSM_NAMES.test(names) && names.split(',').includes('bpf')) return true;
  }
  return false;
}
