// What instructions refer to, written into them: maps, variables, externs, jump tables. libbpf.c
// bpf_object__relocate_data, poison_map_ldimm64, poison_kfunc_call, create_jt_map.

import { CALL, Insn, INSN_SIZE } from '@btfq/core-reloc';
import { mapCreate, mapFreeze, mapUpdate } from '../kernel/calls.ts';
import { LoaderErrno } from '../errors.ts';
import type { JumpTableReference, LoaderRelocation } from '../object/model.ts';
import { MapType } from '../uapi/map-type.ts';
import { errnoName } from './errno.ts';
import type { LoadState, ProgramState } from './state.ts';

/** What a load of a map that was not created becomes: a call of helper 2001000000 + its index. */
export const POISON_MAP_BASE = 2001000000;
/** What a call of a kfunc that was not found becomes: a call of helper 2002000000 + the extern's index. */
export const POISON_KFUNC_BASE = 2002000000;

/** BPF_PSEUDO_*: what the source register of a 64-bit load says about its immediate. */
const Pseudo = { MapFd: 1, MapValue: 2, BtfId: 3, KfuncCall: 2 };

/** Map descriptors follow when maps exist: see `writeMapFds`. */
export function relocateReferences(state: LoadState, target: ProgramState): void {
  target.references.forEach((relocation, i) => {
    relocate(state, target, relocation, i);
  });
}

function relocate(state: LoadState, target: ProgramState, relocation: LoaderRelocation, number: number): void {
  const { littleEndian } = state.object;
  const at = relocation.insn * INSN_SIZE;
  const insn = new Insn(target.code, at, littleEndian);
  const second = () => new Insn(target.code, at + INSN_SIZE, littleEndian);
  switch (relocation.kind) {
    case 'map':
      refer(state, target, relocation.insn, relocation.map, Pseudo.MapFd);
      break;
    case 'data': {
      const arena = relocation.map === state.object.arenaMap ? state.arenaDataOffset : 0;
      second().imm = insn.imm + relocation.offset + arena;
      refer(state, target, relocation.insn, relocation.map, Pseudo.MapValue);
      break;
    }
    case 'extern': {
      const { extern, found, address, kernelBtfId, kernelBtfFd } = state.externs[
        relocation.extern
      ] as LoadState['externs'][number];
      if (extern.kconfig !== undefined) {
        second().imm = extern.kconfig.offset;
        const kconfig = state.object.maps.find(({ origin }) => origin === 'kconfig')?.index ?? 0;
        setSource(insn, Pseudo.MapValue);
        target.mapInsns.push({ insn: relocation.insn, map: kconfig });
      } else if (extern.typeId !== 0 && found) {
        setSource(insn, Pseudo.BtfId);
        insn.imm = kernelBtfId;
        second().imm = kernelBtfFd;
      } else {
        insn.imm = Number(BigInt.asIntN(32, address));
        second().imm = Number(BigInt.asIntN(32, address >> 32n));
      }
      break;
    }
    case 'extern-call': {
      const { found, kernelBtfId, fdIndex } = state.externs[relocation.extern] as LoadState['externs'][number];
      if (found) {
        setSource(insn, Pseudo.KfuncCall);
        insn.imm = kernelBtfId;
        insn.off = fdIndex;
      } else poison(insn, POISON_KFUNC_BASE + relocation.extern);
      break;
    }
    case 'jump-table': {
      const fd = jumpTable(state, target, relocation);
      if (fd < 0) {
        state.warn(
          `prog '${target.program.name}': relo #${number}: can't create jump table: sym_off ${relocation.offset}`,
        );
        throw state.fail(fd, `prog '${target.program.name}': failed to relocate data references: ${errnoName(fd)}`);
      }
      setSource(insn, Pseudo.MapValue);
      insn.imm = fd;
      insn.off = 0;
      break;
    }
    case 'call':
    case 'subprogram-address':
  }
}

function setSource(insn: Insn, source: number): void {
  insn.registers = (source << 4) | insn.destinationRegister;
}

function poison(insn: Insn, imm: number): void {
  insn.code = CALL;
  insn.registers = 0;
  insn.off = 0;
  insn.imm = imm;
}

/** The address of a map, or of a place in its value. Where the map is not created: two invalid calls. */
function refer(state: LoadState, target: ProgramState, insn: number, map: number, source: number): void {
  const { littleEndian } = state.object;
  const first = new Insn(target.code, insn * INSN_SIZE, littleEndian);
  if (state.maps[map]?.autocreate === true) {
    setSource(first, source);
    target.mapInsns.push({ insn, map });
    return;
  }
  poison(first, POISON_MAP_BASE + map);
  poison(new Insn(target.code, (insn + 1) * INSN_SIZE, littleEndian), POISON_MAP_BASE + map);
}

/** The descriptors of the maps that now exist. libbpf reserves numbers ahead and so writes them earlier. */
export function writeMapFds(state: LoadState, target: ProgramState): void {
  for (const { insn, map } of target.mapInsns) {
    new Insn(target.code, insn * INSN_SIZE, state.object.littleEndian).imm = state.maps[map]?.fd ?? -1;
  }
}

const ENTRY_SIZE = 8;
const VALUE_SIZE = 16; // struct bpf_insn_array_value

/** A map of instruction offsets for one table, made once for a program; an error number where it cannot be. */
function jumpTable(state: LoadState, target: ProgramState, { insn, offset, size }: JumpTableReference): number {
  const { index } = target.program;
  const known = state.jumpTables.find((table) => table.program === index && table.offset === offset);
  if (known !== undefined) return known.fd;
  if (offset % ENTRY_SIZE !== 0 || size % ENTRY_SIZE !== 0) return -LoaderErrno.Invalid;
  const { system, features } = state;
  features.bumpMemlock();
  const name = features.has('prog-name') ? '.jumptables' : '';
  const count = size / ENTRY_SIZE;
  const fd = mapCreate(system, { type: MapType.InsnArray, name, keySize: 4, valueSize: VALUE_SIZE, maxEntries: count });
  if (fd < 0) return fd;
  const { jumpTables } = state.object;
  const close = (errno: number) => {
    system.close(fd);
    return errno;
  };
  if (jumpTables === undefined || offset + size > jumpTables.length) return close(-LoaderErrno.Invalid);
  const table = new DataView(jumpTables.buffer, jumpTables.byteOffset + offset, size);
  // entries are counted from the section; a subprogram's instructions moved with it
  const moved = target.appended.findLast(({ own }) => insn >= own);
  const from = moved === undefined ? target.program.insnOffset : moved.section - moved.own;
  for (let i = 0; i < count; i++) {
    const place = table.getBigUint64(i * ENTRY_SIZE, state.object.littleEndian) / BigInt(INSN_SIZE) - BigInt(from);
    if (place < 0n || place > 0xffffffffn) return close(-LoaderErrno.Invalid);
    const value = new Uint8Array(VALUE_SIZE);
    new DataView(value.buffer).setUint32(0, Number(place), true);
    const result = mapUpdate(system, fd, new Uint8Array(Uint32Array.of(i).buffer), value);
    if (result < 0) return close(result);
  }
  const frozen = mapFreeze(system, fd);
  if (frozen < 0) return close(frozen);
  state.jumpTables.push({ program: index, offset, fd });
  return fd;
}
