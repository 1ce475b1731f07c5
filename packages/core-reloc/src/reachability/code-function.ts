// One function of an object, its instructions decoded once, with what the walk needs to know of it beforehand: where
// ways may meet, and which registers are read later on.

import { BtfKind, decodeType, findByName } from '@btfq/btf-format';
import { SymbolVisibility } from '@btfq/elf';
import type { BpfObject } from '../bpf-object.ts';
import type { BpfProgram } from '../bpf-program.ts';
import { hasRegisterSource, Insn, INSN_SIZE, InsnClass, LDDW } from '../insn.ts';
import { JumpOp } from './branch.ts';
import type { CodeReference } from './code-references.ts';

/** A function, decoded. Indexes count instruction slots from its start. */
export interface CodeFunction {
  readonly program: BpfProgram;
  /** Verified on its own, with arguments of which only the types are known. */
  readonly global: boolean;
  readonly count: number;
  readonly opcode: Uint8Array;
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  readonly off: Int16Array;
  readonly imm: Int32Array;
  readonly references: readonly (CodeReference | undefined)[];
  /** 1 where the number is a field's offset, which differs from kernel to kernel. */
  readonly open: Uint8Array;
  /** 1 where a jump leads. */
  readonly joins: Uint8Array;
  /** Bits of the registers that may be read from there on before they are written. */
  readonly live: Uint16Array;
}

/** Decodes a function. `bytes` is its section's code with relocations applied. */
export function decodeFunction(
  object: BpfObject,
  program: BpfProgram,
  bytes: Uint8Array,
  references: ReadonlyMap<number, CodeReference> | undefined,
  offsets?: ReadonlySet<number>,
): CodeFunction {
  const count = Math.trunc(program.size / INSN_SIZE);
  const parts = {
    opcode: new Uint8Array(count),
    destination: new Uint8Array(count),
    source: new Uint8Array(count),
    off: new Int16Array(count),
    imm: new Int32Array(count),
  };
  for (let at = 0; at < count; at++) {
    const insn = new Insn(bytes, program.offset + at * INSN_SIZE, object.littleEndian);
    parts.opcode[at] = insn.code;
    parts.destination[at] = insn.destinationRegister;
    parts.source[at] = insn.sourceRegister;
    parts.off[at] = insn.off;
    parts.imm[at] = insn.imm;
  }
  const open = new Uint8Array(count);
  if (offsets !== undefined) {
    for (let at = 0; at < count; at++) {
      if (holdsOffset(parts.opcode[at]!) && offsets.has(program.offset + at * INSN_SIZE)) open[at] = 1;
    }
  }
  const own = Array.from({ length: count }, (_, at) => references?.get(program.offset + at * INSN_SIZE));
  const draft = { ...parts, program, count, global: isGlobal(object, program), references: own, open };
  return { ...draft, joins: findJoins(draft), live: findLive(draft) };
}

/** Instructions that a relocation writes a field's offset into: not those that it poisoned, which are calls. */
export function holdsOffset(opcode: number): boolean {
  const kind = opcode & 7;
  return kind !== InsnClass.Jmp && kind !== InsnClass.Jmp32 && kind !== InsnClass.Ld;
}

type Draft = Omit<CodeFunction, 'joins' | 'live'>;

/** Hidden functions become static: libbpf marks them so. Without BTF linkage the kernel takes a function as static. */
function isGlobal(object: BpfObject, program: BpfProgram): boolean {
  if (!program.global || !program.subprogram) return false;
  const symbol = object.elf.symbols.find(
    ({ sectionIndex, value, name }) =>
      sectionIndex === program.section.index && value === program.offset && name === program.name,
  );
  const { Hidden, Internal } = SymbolVisibility;
  if (symbol === undefined || symbol.visibility === Hidden || symbol.visibility === Internal) return false;
  const id = findByName(object.btf, program.name, BtfKind.Func);
  if (id === undefined || id <= 0) return false;
  const func = decodeType(object.btf, id);
  return func.kind === BtfKind.Func && func.linkage === 1;
}

/** The slots that may follow one, as far as its opcode says; calls go on behind. */
export function successors(code: Draft, at: number): number[] {
  const opcode = code.opcode[at]!;
  const kind = opcode & 7;
  if (opcode === LDDW) return [at + 2];
  if (kind !== InsnClass.Jmp && kind !== InsnClass.Jmp32) return [at + 1];
  const target = at + 1 + code.off[at]!;
  switch (opcode & 0xf0) {
    case JumpOp.Ja:
      if (hasRegisterSource(opcode)) return everySlot(code);
      return [kind === InsnClass.Jmp ? target : at + 1 + code.imm[at]!];
    case JumpOp.Exit:
      return [];
    case JumpOp.Call:
      return [at + 1];
    default:
      return [at + 1, target];
  }
}

/** gotox: the table of targets is the loader's, so any place is possible. */
function everySlot({ count }: Draft): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function findJoins(code: Draft): Uint8Array {
  const joins = new Uint8Array(code.count);
  for (let at = 0; at < code.count; at++) {
    for (const next of successors(code, at)) if (next !== at + 1 && next >= 0 && next < code.count) joins[next] = 1;
    if (code.opcode[at] === LDDW) at++;
  }
  return joins;
}

const ARGUMENTS = 0b111110;

function findLive(code: Draft): Uint16Array {
  const live = new Uint16Array(code.count);
  for (let changed = true; changed; ) {
    changed = false;
    for (let at = code.count - 1; at >= 0; at--) {
      let after = 0;
      for (const next of successors(code, at)) after |= live[next] ?? 0;
      const { reads, writes } = registersOf(code, at);
      const before = (after & ~writes) | reads;
      if (before === live[at]) continue;
      live[at] = before;
      changed = true;
    }
  }
  return live;
}

function registersOf(code: Draft, at: number): { reads: number; writes: number } {
  const opcode = code.opcode[at]!;
  const to = 1 << code.destination[at]!;
  const from = 1 << code.source[at]!;
  const operand = hasRegisterSource(opcode) ? from : 0;
  switch (opcode & 7) {
    case InsnClass.Alu:
    case InsnClass.Alu64:
      return { reads: (opcode & 0xf0) === 0xb0 ? operand : operand | to, writes: to };
    case InsnClass.Ld:
      // legacy packet loads read the context in r6
      return opcode === LDDW ? { reads: 0, writes: to } : { reads: from | (1 << 6), writes: 0b111111 };
    case InsnClass.Ldx:
      return { reads: from, writes: to };
    case InsnClass.St:
      return { reads: to, writes: 0 };
    case InsnClass.Stx:
      // atomics may read and write r0
      return { reads: to | from | ((opcode & 0xe0) === 0xc0 ? 1 : 0), writes: 0 };
    default:
      if ((opcode & 0xf0) === JumpOp.Exit) return { reads: 1, writes: 0 };
      if ((opcode & 0xf0) === JumpOp.Call) return { reads: ARGUMENTS, writes: 0b111111 };
      return { reads: (opcode & 0xf0) === JumpOp.Ja ? operand && to : operand | to, writes: 0 };
  }
}
