// Programs put together: the subprograms that a program calls are appended to it, each once, and its calls are aimed at
// them. libbpf.c bpf_object__relocate_calls, bpf_object__reloc_code, bpf_object__append_subprog_code.

import { BtfKind, decodeType } from '@btfq/btf-format';
import { CALL, Insn, INSN_SIZE, LDDW } from '@btfq/core-reloc';
import { LoaderErrno } from '../errors.ts';
import type { LoaderRelocation } from '../object/model.ts';
import { findProgram } from '../object/programs.ts';
import { collectInfo } from './func-info.ts';
import type { LoadState, ProgramState } from './state.ts';

/** BPF_PSEUDO_CALL, BPF_PSEUDO_FUNC: src_reg of a call within the program, and of an address of a function. */
const PSEUDO_CALL = 1;
const PSEUDO_FUNC = 4;
/** The kernel takes at most 256 functions in a program; libbpf would go on until its stack ends. */
const MAX_DEPTH = 512;

/** Marks loads of functions' addresses, so that they can be distinguished from other 64-bit loads. */
export function markFunctionAddresses(state: LoadState): void {
  for (const { code, references } of state.programs) {
    for (const { kind, insn } of references) {
      if (kind !== 'subprogram-address') continue;
      const instruction = new Insn(code, insn * INSN_SIZE, state.object.littleEndian);
      instruction.registers = (PSEUDO_FUNC << 4) | instruction.destinationRegister;
    }
  }
}

/** Completes each entry point that is to be loaded. */
export function relocateCalls(state: LoadState): void {
  for (const main of state.programs) {
    if (main.program.subprogram || !main.autoload) continue;
    for (const other of state.programs) if (other.program.subprogram) other.place = 0;
    completeFunction(state, main, main, 0);
    assignExceptionCallback(state, main);
    const callback = main.exceptionCallback === undefined ? undefined : state.programs[main.exceptionCallback];
    if (callback?.place === 0) append(state, main, callback, 0);
  }
}

function fail(state: LoadState, { program }: ProgramState, what: string) {
  state.warn(`prog '${program.name}': ${what}`);
  return state.fail(
    LoaderErrno.Relocation,
    `prog '${program.name}': failed to relocate calls: -${LoaderErrno.Relocation}`,
  );
}

/** Aims the calls of `own`, which stands at `own.place` of `main`, and appends what it calls. */
function completeFunction(state: LoadState, main: ProgramState, own: ProgramState, depth: number): void {
  if (depth > MAX_DEPTH) throw fail(state, own, 'calls nest too deep');
  collectInfo(state, main, own);
  const { program } = own;
  const byInsn = new Map<number, LoaderRelocation>();
  for (const relocation of program.relocations)
    if (!byInsn.has(relocation.insn)) byInsn.set(relocation.insn, relocation);
  for (let insn = 0; insn < program.insnCount; insn++) {
    const at = own.place + insn;
    const instruction = instructionAt(state, main, at);
    const isAddress = instruction.code === LDDW && instruction.sourceRegister === PSEUDO_FUNC;
    if (!isAddress && !isProgramCall(instruction)) continue;
    const relocation = byInsn.get(insn);
    if (relocation?.kind === 'extern-call') continue;
    const target = targetOf(state, own, insn, instruction, isAddress, relocation);
    const text = state.programs.find((p) => p.program.subprogram)?.program.sectionIndex ?? 0;
    const found = findProgram(state.object.programs, text, target);
    const subprogram = found && state.programs[found.index];
    if (subprogram === undefined) throw fail(state, own, 'no .text section found yet sub-program call exists');
    if (subprogram.place === 0) append(state, main, subprogram, depth);
    instructionAt(state, main, at).imm = subprogram.place - at - 1;
  }
}

function instructionAt(state: LoadState, { code }: ProgramState, insn: number): Insn {
  return new Insn(code, insn * INSN_SIZE, state.object.littleEndian);
}

/** A call of a function of the object, with nothing in the fields that it does not use. */
function isProgramCall({ code, sourceRegister, destinationRegister, off }: Insn): boolean {
  return code === CALL && sourceRegister === PSEUDO_CALL && destinationRegister === 0 && off === 0;
}

/** The first instruction of the function that is meant, counted in its section. */
function targetOf(
  state: LoadState,
  own: ProgramState,
  insn: number,
  instruction: Insn,
  isAddress: boolean,
  relocation: LoaderRelocation | undefined,
): number {
  switch (relocation?.kind) {
    case 'call':
      return relocation.offset / INSN_SIZE + instruction.imm + 1;
    case 'subprogram-address':
      return (relocation.offset + instruction.imm) / INSN_SIZE;
    case undefined:
      if (isAddress) throw fail(state, own, `missing subprog addr relo for insn #${insn}`);
      // a call of a static function of the same section: relative as the compiler left it
      return own.program.insnOffset + insn + instruction.imm + 1;
    default:
      throw fail(state, own, `unexpected relo for insn #${insn}`);
  }
}

function append(state: LoadState, main: ProgramState, subprogram: ProgramState, depth: number): void {
  const place = main.code.length / INSN_SIZE;
  subprogram.place = place;
  const code = new Uint8Array(main.code.length + subprogram.program.code.length);
  code.set(main.code);
  code.set(subprogram.code, main.code.length);
  main.code = code;
  for (const relocation of subprogram.references)
    main.references.push({ ...relocation, insn: relocation.insn + place });
  for (const { insn, relocation } of subprogram.core) main.core.push({ insn: insn + place, relocation });
  main.appended.push({ index: subprogram.program.index, section: subprogram.program.insnOffset, own: place });
  completeFunction(state, main, subprogram, depth + 1);
}

const CALLBACK_TAG = 'exception_callback:';

/** The function that a declaration tag names to be called on an exception. libbpf bpf_prog_assign_exc_cb. */
function assignExceptionCallback(state: LoadState, main: ProgramState): void {
  const { btf } = state.object;
  if (btf === undefined || !state.features.has('btf-decl-tag')) return;
  const { name: own } = main.program;
  const bad = (what: string, errno: number = LoaderErrno.Invalid) => state.fail(errno, `prog '${own}': ${what}`);
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.DeclTag || !btf.name(id).startsWith(CALLBACK_TAG)) continue;
    const tag = decodeType(btf, id);
    if (tag.kind !== BtfKind.DeclTag || tag.componentIdx !== -1) continue;
    const tagged = decodeType(btf, tag.type);
    if (tagged.kind !== BtfKind.Func || tagged.linkage !== 1) {
      throw bad('exception_callback:<value> decl tag not applied to the main program');
    }
    if (tagged.name !== own) continue;
    if (main.exceptionCallback !== undefined) {
      // several: the verifier will say so
      main.exceptionCallback = undefined;
      return;
    }
    const name = tag.name.slice(CALLBACK_TAG.length);
    if (name === '') throw bad('exception_callback:<value> decl tag contains empty value');
    const callback = state.object.programs.find((p) => p.subprogram && p.name === name);
    if (callback === undefined) throw bad(`cannot find exception callback '${name}'`, LoaderErrno.NoEntry);
    if (!callback.global || callback.hidden) {
      throw bad(`exception callback ${name} must be a global non-hidden function`);
    }
    main.exceptionCallback = callback.index;
  }
}
