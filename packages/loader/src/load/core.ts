// CO-RE relocations of the programs that are loaded, by core-reloc, in .BTF.ext's order. libbpf.c
// bpf_object__relocate_core.

import {
  type BpfObject,
  type CoreRelocation,
  createResolver,
  findCandidates,
  INSN_SIZE,
  LDDW,
  patchInstruction,
  prepareTarget,
  type Question,
  questionsOf,
  RelocationKind,
  type Resolver,
} from '@btfq/core-reloc';
import { LoaderErrno } from '../errors.ts';
import { findProgram } from '../object/programs.ts';
import { errnoName } from './errno.ts';
import { loadModules } from './modules.ts';
import type { LoadState, ProgramState } from './state.ts';

/** Patches or poisons instructions of every function that is to be loaded; stops at the first that fails. */
export function relocateCore(state: LoadState): void {
  const { core } = state.object;
  if (core === undefined || core.relocations.length === 0) return;
  const resolverOf = resolvers(state, core);
  if (resolverOf === undefined) return;
  const { ofRecord } = questionsOf(core);
  core.relocations.forEach((relocation, i) => {
    const found = functionOf(state, relocation);
    const question = ofRecord[i];
    if (!found?.autoload || question === undefined) return;
    const { program } = found;
    const insn = relocation.insnOff / INSN_SIZE - program.insnOffset;
    const fail = (what: string, errno: number) => {
      state.warn(`prog '${program.name}': relo #${relocation.record}: ${what}: ${errnoName(errno)}`);
      return state.fail(errno, `failed to perform CO-RE relocations: ${errnoName(errno)}`);
    };
    const at = insn * INSN_SIZE;
    if (found.code[at] === LDDW && at + 2 * INSN_SIZE > found.code.length) {
      throw fail(`insn #${insn} (LDIMM64) is truncated`, LoaderErrno.Invalid);
    }
    found.core.push({ insn, relocation });
    // the resolver's lists of candidates are shared by what is loaded, whatever the section said
    const loaded = { ...relocation, program: relocation.program && { ...relocation.program, autoload: true } };
    const resolution = resolverOf(question).resolve(loaded, question);
    const errno = relocation.error === undefined ? resolution.errno : LoaderErrno.Invalid;
    if (errno !== 0) throw fail('failed to relocate', errno);
    const patch = patchInstruction(found.code, at, state.object.littleEndian, resolution);
    if (patch.errno !== 0) throw fail(`failed to patch insn #${insn}`, patch.errno);
  });
}

function functionOf(state: LoadState, { code, insnOff }: CoreRelocation): ProgramState | undefined {
  if (code === undefined) return undefined;
  const program = findProgram(state.object.programs, code.index, Math.floor(insnOff / INSN_SIZE));
  return program && state.programs[program.index];
}

/**
 * Who answers a question: vmlinux alone, whose names are known once for all loads, or with its modules, which are asked
 * for only where vmlinux has no type of the name. All questions of one local type have one answerer.
 */
function resolvers(state: LoadState, core: BpfObject): ((question: Question) => Resolver) | undefined {
  const { vmlinux } = state;
  const { customBtf } = state.options;
  const main = customBtf ?? vmlinux;
  if (main === undefined) return undefined;
  prepareTarget(main, [core]);
  const alone = createResolver(main, {});
  let withModules: Resolver | undefined;
  return ({ kind, rootName, rootKind }) => {
    const isLocal = kind === RelocationKind.TypeIdLocal;
    if (customBtf !== undefined || vmlinux === undefined || isLocal || rootName === '') return alone;
    if (findCandidates(vmlinux, rootName, rootKind).length > 0) return alone;
    const modules = loadModules(state);
    if (modules.length === 0) return alone;
    withModules ??= createResolver({ vmlinux, modules }, {});
    return withModules;
  };
}
