// mmap of an arena: the kernel keeps where its user has it, and the verifier asks for that (kernel/bpf/arena.c arena_map_mmap).
import { BtfKind, type Btf, findByName, findMember } from '@btfq/btf-format';
import type { Session } from './session.ts';

/** Where a process would have it: arenas lie at multiples of 4 GB. */
const USER_ADDRESS = 0x7f0000000000n;
const ARENA = 33n;

export function mapArena(session: Session, btf: Btf, fd: number, length: number): void {
  const { emulator } = session.machine;
  const placeOf = (struct: string, member: string): bigint | undefined => {
    const id = findByName(btf, struct, BtfKind.Struct);
    const found = id === undefined ? undefined : findMember(btf, id, member);
    return found === undefined ? undefined : BigInt(found.bitOffset / 8);
  };
  const file = session.files.fileOf(fd);
  const [type, start, end] = [
    placeOf('bpf_map', 'map_type'),
    placeOf('bpf_arena', 'user_vm_start'),
    placeOf('bpf_arena', 'user_vm_end'),
  ];
  if (file === 0n || type === undefined || start === undefined || end === undefined) return;
  const map = emulator.readNumber(file + BigInt(session.files.fields.privateData), 8);
  if (map === 0n || emulator.readNumber(map + type, 4) !== ARENA) return;
  // An arena whose place its program has chosen has it already.
  if (emulator.readNumber(map + start, 8) !== 0n) return;
  emulator.writeNumber(map + start, 8, USER_ADDRESS);
  emulator.writeNumber(map + end, 8, USER_ADDRESS + BigInt(length));
}
