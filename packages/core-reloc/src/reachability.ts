// Which instructions the verifier can get to once existence checks and constants are in place, and what they do there:
// it drops branches that are never taken, so a poisoned instruction behind one does no harm. What is not known counts as
// anything, so "not reached" is certain and "reached" only possible; where nothing was given up on the way, it is marked.

import { SectionFlag, SectionType } from '@btfq/elf';
import type { BpfObject } from './bpf-object.ts';
import type { BpfProgram } from './bpf-program.ts';
import { Insn, INSN_SIZE, InsnClass, POISON_IMM } from './insn.ts';
import { objectExterns } from './object-info.ts';
import { type CodeFunction, decodeFunction } from './reachability/code-function.ts';
import { type CodeReference, codeReferences } from './reachability/code-references.ts';
import { fresh, NONNULL, type Value } from './reachability/machine-state.ts';
import { constant } from './reachability/scalar.ts';
import { type Budget, type Surroundings, walk, type WalkEvents } from './reachability/walk.ts';

/** Instructions followed for one program: the verifier's own limit is a million, and real programs take thousands. */
const MAX_STEPS = 200_000;

/** How an instruction is reached. `possible`: something that the verifier may know was given up on the way. */
export type Reached = 'never' | 'possible' | 'certain';

/** What the loader and the kernel decide before the verifier runs. */
export interface ReachOptions {
  /** Content of data sections that differs from the object's, by section name: `const volatile` values set by user space. */
  readonly data?: ReadonlyMap<string, Uint8Array>;
  /** Bytes of data sections that user space may set to anything. */
  readonly unknown?: readonly { readonly section: string; readonly start: number; readonly end: number }[];
  /** Externs: the value of a kconfig variable, or whether the kernel has a symbol; left out where it is not known. */
  readonly externs?: ReadonlyMap<string, ExternValue>;
  /** Which global functions are verified: all that the program comes with, or (from Linux 6.8 on) those that are called. */
  readonly globalFunctions?: 'all' | 'called';
  /**
   * Instructions, by section and offset, whose number is the offset of a field: computed with as if it were not known, so that
   * kernels share an answer that only differ in offsets which are not among `offsetsThatMatter`.
   */
  readonly offsets?: ReadonlyMap<string, ReadonlySet<number>>;
  readonly maxSteps?: number;
}

/** An extern as the loader resolves it. `bytes`: the content of a kconfig variable, as the object's byte order has it. */
export type ExternValue = { readonly present: boolean } | { readonly bytes: Uint8Array };

/** One instruction: the function it belongs to, and its byte offset within the function's section. */
export interface CodePlace {
  readonly program: BpfProgram;
  readonly section: string;
  readonly offset: number;
  /** Nothing was given up on the way here. */
  readonly certain: boolean;
}

/** An access of the context that a program is started with. `off` and `size` in bytes. */
export interface ContextAccess extends CodePlace {
  readonly off: number;
  readonly size: number;
  readonly write: boolean;
}

/** A call of a helper, by its number in enum bpf_func_id. */
export interface HelperCall extends CodePlace {
  readonly helper: number;
  /** Names of maps that are known to be among the arguments, by register. */
  readonly maps: Readonly<Record<number, string>>;
}

/** A call, or another use, of a symbol of the kernel. */
export interface ExternUse extends CodePlace {
  readonly name: string;
  readonly call: boolean;
}

/** An instruction that holds the offset of a field. */
export interface OffsetPlace {
  readonly section: string;
  readonly offset: number;
}

/** What the verifier gets to in one program. */
export interface ProgramReach {
  /** False where the limit of steps did not last: then instructions not seen are possible. */
  readonly complete: boolean;
  at(section: string, offset: number): Reached;
  /** A number that grows with the first visit of instructions; Infinity where one was not visited. */
  order(section: string, offset: number): number;
  /** The functions of the program that are reached, itself first. */
  readonly functions: readonly BpfProgram[];
  readonly helpers: readonly HelperCall[];
  readonly externs: readonly ExternUse[];
  readonly contextAccesses: readonly ContextAccess[];
  /** Those of `offsets` that decided where the stack, the context or data are accessed. */
  readonly offsetsThatMatter: readonly OffsetPlace[];
}

/**
 * Follows one program as the verifier does. `code` is the object's code as `applyRelocations` gives it; sections that it
 * lacks are taken as the object has them.
 *
 * ```ts
 * const reach = followProgram(object, applyRelocations(object, kernel), object.programs[0]);
 * reach.helpers.map(({ helper }) => helper);
 * ```
 */
export function followProgram(
  object: BpfObject,
  code: ReadonlyMap<string, Uint8Array>,
  program: BpfProgram,
  options: ReachOptions = {},
): ProgramReach {
  const around = surroundings(object, code, options);
  const collected = new Collected();
  const roots = [program];
  const queued = new Set(roots);
  const addRoot = (root: BpfProgram) => {
    if (!queued.has(root)) roots.push(root);
    queued.add(root);
  };
  if (options.globalFunctions !== 'called') {
    for (const own of functionsOf(object, program)) {
      if (around.functionAt(own.section.name, own.offset)?.global) addRoot(own);
    }
  }
  const budget: Budget = { left: options.maxSteps ?? MAX_STEPS };
  let complete = true;
  for (const root of roots) {
    const rootCode = around.functionAt(root.section.name, root.offset);
    if (rootCode === undefined) continue;
    const events = collected.events((callee) => addRoot(callee.program));
    complete = walk(rootCode, around, events, budget) && complete;
  }
  return collected.result(complete);
}

/**
 * The relocations, by index, whose instruction no program can reach. `code` is the object's code as `applyRelocations`
 * gives it. Functions that no program refers to are taken as called by something else.
 */
export function unreachableRelocations(
  object: BpfObject,
  code: ReadonlyMap<string, Uint8Array>,
  options: ReachOptions = {},
): Set<number> {
  const entries = object.programs.filter(({ subprogram }) => !subprogram);
  const used = new Set(entries.flatMap((entry) => functionsOf(object, entry)));
  const roots = [...entries, ...object.programs.filter((program) => !used.has(program))];
  const wanted = new Set(object.relocations.map(({ program }) => program));
  const reaches = roots
    .filter((root) => functionsOf(object, root).some((own) => wanted.has(own)))
    .map((root) => followProgram(object, code, root, options));
  const dead = new Set<number>();
  for (const { index, section, program, insnOff } of object.relocations) {
    if (program === undefined || !code.has(section)) continue;
    if (reaches.every((reach) => reach.at(section, insnOff) === 'never')) dead.add(index);
  }
  return dead;
}

/** A program and the functions that libbpf appends to it: those that its code names, and theirs. */
export function functionsOf(object: BpfObject, program: BpfProgram): BpfProgram[] {
  const index = programIndex(object);
  const references = codeReferences(object);
  const found = new Set([program]);
  for (const own of found) {
    for (const [offset, reference] of references.get(own.section.name) ?? []) {
      if (offset < own.offset || offset >= own.offset + own.size) continue;
      if (reference.kind !== 'call' && reference.kind !== 'callback') continue;
      const callee = index.get(`${reference.section} ${reference.offset}`);
      if (callee !== undefined) found.add(callee);
    }
  }
  return [...found];
}

const indexes = new WeakMap<BpfObject, ReadonlyMap<string, BpfProgram>>();

function programIndex(object: BpfObject): ReadonlyMap<string, BpfProgram> {
  let index = indexes.get(object);
  if (index === undefined) {
    index = new Map(object.programs.map((program) => [`${program.section.name} ${program.offset}`, program]));
    indexes.set(object, index);
  }
  return index;
}

function surroundings(object: BpfObject, code: ReadonlyMap<string, Uint8Array>, options: ReachOptions): Surroundings {
  const { littleEndian } = object;
  const index = programIndex(object);
  const references = codeReferences(object);
  const decoded = new Map<BpfProgram, CodeFunction>();
  const data = readOnlyData(object, options);
  let kconfig: Set<string> | undefined;
  const isKconfig = (name: string) => {
    kconfig ??= new Set(objectExterns(object).flatMap((extern) => (extern.section === '.kconfig' ? extern.name : [])));
    return kconfig.has(name);
  };
  return {
    littleEndian,
    functionAt(section, offset) {
      const program = index.get(`${section} ${offset}`);
      if (program === undefined) return undefined;
      let found = decoded.get(program);
      if (found === undefined) {
        const bytes = code.get(section) ?? program.section.bytes;
        found = decodeFunction(object, program, bytes, references.get(section), options.offsets?.get(section));
        decoded.set(program, found);
      }
      return found;
    },
    isFrozen: (section) => section.startsWith('.kconfig ') || isReadOnly(section),
    readOnly(section, offset, size) {
      if (
        options.unknown?.some((hole) => hole.section === section && offset < hole.end && hole.start < offset + size)
      ) {
        return undefined;
      }
      const bytes = data(section);
      if (bytes === undefined || offset < 0 || offset + size > bytes.length) return undefined;
      let number = 0n;
      for (let i = 0; i < size; i++) {
        number = (number << 8n) | BigInt(bytes[offset + (littleEndian ? size - 1 - i : i)]!);
      }
      return number;
    },
    extern(name): Value {
      const value = options.externs?.get(name);
      if (value === undefined)
        return isKconfig(name) ? { kind: 'data', section: externSection(name), off: 0 } : doubtful();
      if ('bytes' in value) return { kind: 'data', section: externSection(name), off: 0 };
      return value.present ? NONNULL : constant(0n);
    },
    poisonedRegister(own, at) {
      if (own.imm[at] !== POISON_IMM) return undefined;
      const before = new Insn(own.program.section.bytes, own.program.offset + at * INSN_SIZE, littleEndian);
      const kind = before.code & 7;
      const writes =
        kind !== InsnClass.St && kind !== InsnClass.Stx && kind !== InsnClass.Jmp && kind !== InsnClass.Jmp32;
      return writes ? before.destinationRegister : undefined;
    },
  };
}

/** An address that is 0 where the kernel has no such symbol. */
function doubtful(): Value {
  return { ...fresh(), doubtful: true };
}

/** .rodata of any name: libbpf freezes it. */
function isReadOnly(section: string): boolean {
  return section === '.rodata' || section.startsWith('.rodata.');
}

/** A name that no section has, for the content of a kconfig variable. */
function externSection(name: string): string {
  return `.kconfig ${name}`;
}

/** Sections that libbpf freezes before loading: .rodata of any name. The kernel takes their content for constant. */
function readOnlyData(object: BpfObject, options: ReachOptions): (section: string) => Uint8Array | undefined {
  const known = new Map<string, Uint8Array | undefined>();
  const read = (name: string): Uint8Array | undefined => {
    if (name.startsWith('.kconfig ')) {
      const value = options.externs?.get(name.slice('.kconfig '.length));
      return value !== undefined && 'bytes' in value ? value.bytes : undefined;
    }
    if (!isReadOnly(name)) return undefined;
    const given = options.data?.get(name);
    if (given !== undefined) return given;
    const section = object.elf.section(name);
    if (section === undefined || section.type !== SectionType.ProgBits) return undefined;
    if ((section.flags & SectionFlag.ExecInstr) !== 0) return undefined;
    return object.elf.sectionBytes(section);
  };
  return (name) => {
    if (!known.has(name)) known.set(name, read(name));
    return known.get(name);
  };
}

/** The lowest bit of a mark. */
const CERTAIN = 1;

/** What the walks of one program saw. */
class Collected {
  /** By instruction: 0, or twice the number of its first visit, and one more where it is certain. */
  private readonly reached = new Map<BpfProgram, Uint32Array>();
  private visits = 0;
  private readonly helpers = new Map<string, HelperCall>();
  private readonly externs = new Map<string, ExternUse>();
  private readonly accesses = new Map<string, ContextAccess>();
  private readonly offsets = new Map<string, OffsetPlace>();

  events(globalCall: (code: CodeFunction) => void): WalkEvents {
    return {
      globalCall,
      offset: ({ program }, at) => {
        const offset = program.offset + at * INSN_SIZE;
        const { name } = program.section;
        this.offsets.set(`${name} ${offset}`, { section: name, offset });
      },
      reached: (code, at, precise) => {
        let marks = this.reached.get(code.program);
        if (marks === undefined) this.reached.set(code.program, (marks = new Uint32Array(code.count)));
        if (marks[at] === 0) marks[at] = 2 * ++this.visits;
        if (precise) marks[at] = marks[at]! | CERTAIN;
        const reference = code.references[at];
        if (reference?.kind === 'extern' && !reference.call) this.use(code, at, reference, precise);
      },
      context: (code, at, { off, size, write, precise }) => {
        const key = `${placeKey(code, at)} ${off}`;
        if (this.accesses.get(key)?.certain) return;
        this.accesses.set(key, { ...place(code, at, precise), off, size, write });
      },
      call: (code, at, registers, precise) => {
        const reference = code.references[at];
        if (reference?.kind === 'extern') this.use(code, at, reference, precise);
        else if (reference === undefined && code.source[at] === 0) this.helper(code, at, registers, precise);
      },
    };
  }

  private use(code: CodeFunction, at: number, reference: CodeReference & { kind: 'extern' }, precise: boolean): void {
    const key = placeKey(code, at);
    if (this.externs.get(key)?.certain) return;
    this.externs.set(key, { ...place(code, at, precise), name: reference.name, call: reference.call });
  }

  private helper(code: CodeFunction, at: number, registers: readonly Value[], precise: boolean): void {
    const key = placeKey(code, at);
    if (this.helpers.get(key)?.certain) return;
    const maps: Record<number, string> = {};
    for (let register = 1; register <= 5; register++) {
      const value = registers[register];
      if (value?.kind === 'map') maps[register] = value.name;
    }
    this.helpers.set(key, { ...place(code, at, precise), helper: code.imm[at]!, maps });
  }

  result(complete: boolean): ProgramReach {
    const bySection = new Map<string, [BpfProgram, Uint32Array][]>();
    for (const [program, marks] of this.reached) {
      const { name } = program.section;
      bySection.set(name, [...(bySection.get(name) ?? []), [program, marks]]);
    }
    const markAt = (section: string, offset: number): number => {
      for (const [{ offset: start, size }, marks] of bySection.get(section) ?? []) {
        if (offset >= start && offset < start + size) return marks[(offset - start) / INSN_SIZE] ?? 0;
      }
      return 0;
    };
    return {
      complete,
      functions: [...this.reached.keys()],
      helpers: [...this.helpers.values()],
      externs: [...this.externs.values()],
      contextAccesses: [...this.accesses.values()],
      offsetsThatMatter: [...this.offsets.values()],
      at(section, offset) {
        const mark = markAt(section, offset);
        if (mark === 0) return complete ? 'never' : 'possible';
        return (mark & CERTAIN) !== 0 ? 'certain' : 'possible';
      },
      order: (section, offset) => markAt(section, offset) >>> 1 || Infinity,
    };
  }
}

function placeKey(code: CodeFunction, at: number): string {
  return `${code.program.section.index} ${code.program.offset} ${at}`;
}

function place(code: CodeFunction, at: number, certain: boolean): CodePlace {
  const { program } = code;
  return { program, section: program.section.name, offset: program.offset + at * INSN_SIZE, certain };
}
