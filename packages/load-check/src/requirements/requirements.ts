// What an object asks of a kernel, read once: its programs with their functions and newer instructions, its externs, maps
// and licence. Everything that depends on a kernel is check-load.ts's.

import { type Btf, BtfKind, decodeType } from '@btfq/btf-format';
import { type BpfObject, type BpfProgram, codeReferences, functionsOf, parseBpfObject } from '@btfq/core-reloc';
import type { LoaderObject, LoaderProgram } from '@btfq/loader';
import { INSTRUCTION_FEATURES, type InstructionUse, newerInstructions } from './instruction-set.ts';

/** One program: what is loaded by one call. */
export interface ProgramRequirements {
  readonly program: LoaderProgram;
  /** The same as core-reloc sees it; undefined where the object has no BTF. */
  readonly own: BpfProgram | undefined;
  /** It and the functions that libbpf appends to it. */
  readonly functions: readonly BpfProgram[];
  /** What its section attaches it to: the section's target, or the one given in its place. */
  readonly attachTarget: string | undefined;
  /** Instructions newer than the first release, of all its functions. */
  readonly instructions: readonly (InstructionUse & { readonly function: BpfProgram | undefined })[];
}

/** What an object asks of a kernel. */
export interface LoadRequirements {
  readonly name: string;
  readonly object: LoaderObject;
  readonly core: BpfObject | undefined;
  readonly programs: readonly ProgramRequirements[];
  /** A GPL-compatible licence: license_is_gpl_compatible of the kernel. */
  readonly gplCompatible: boolean;
  /** Content of `.rodata` sections with the values that were set. */
  readonly data: ReadonlyMap<string, Uint8Array>;
  /** Names of variables whose values were set. */
  readonly wasSet: ReadonlySet<string>;
  /** Maps whose number of entries was set, by name. */
  readonly maxEntries: ReadonlyMap<string, number>;
}

/** What user space does to an object before it loads it. */
export interface RequirementOptions {
  /** Values of global variables in `.rodata`, by name. */
  readonly set?: ReadonlyMap<string, bigint>;
  /** Attach targets, by program. */
  readonly attach?: ReadonlyMap<string, string>;
  /** Programs that are switched off. */
  readonly skip?: ReadonlySet<string>;
  readonly maxEntries?: ReadonlyMap<string, number>;
  /** Also programs of sections that begin with `?`. */
  readonly all?: boolean;
}

const GPL_COMPATIBLE = ['GPL', 'GPL v2', 'GPL and additional rights', 'Dual BSD/GPL', 'Dual MIT/GPL', 'Dual MPL/GPL'];

/**
 * Reads what an object needs.
 *
 * ```ts
 * const object = openObject(readFileSync('opensnoop.bpf.o'), { path: 'opensnoop.bpf.o' });
 * const requirements = requirementsOf(object);
 * const answers = checkLoad(requirements, { name: '6.1', target: kernel });
 * ```
 *
 * @throws LoadCheckError where an option names what the object does not have
 */
export function requirementsOf(object: LoaderObject, options: RequirementOptions = {}): LoadRequirements {
  const name = object.path.split('/').at(-1) || object.name;
  const core = object.core ?? withoutRelocations(object, name);
  checkNames(object, options);
  const programs = object.programs
    .filter(({ subprogram }) => !subprogram)
    .filter((program) => program.autoload || options.all === true)
    .filter((program) => !options.skip?.has(program.name))
    .map((program) => programRequirements(object, core, program, options));
  return {
    name,
    object,
    core,
    programs,
    gplCompatible: GPL_COMPATIBLE.includes(object.license),
    data: setValues(object, options.set),
    wasSet: new Set(options.set?.keys()),
    maxEntries: options.maxEntries ?? new Map(),
  };
}

/** An object with BTF and without `.BTF.ext` can be followed all the same. */
function withoutRelocations(object: LoaderObject, name: string): BpfObject | undefined {
  if (object.btf === undefined) return undefined;
  return parseBpfObject(object.elf.bytes, { name, malformedRecords: 'keep' });
}

function programRequirements(
  object: LoaderObject,
  core: BpfObject | undefined,
  program: LoaderProgram,
  options: RequirementOptions,
): ProgramRequirements {
  const own = core?.programs.find(
    ({ section, offset }) => section.index === program.sectionIndex && offset === program.insnOffset * 8,
  );
  const functions = core !== undefined && own !== undefined ? functionsOf(core, own) : [];
  const { littleEndian } = object;
  const instructions =
    functions.length === 0
      ? newerInstructions(program.code, littleEndian).map((use) => ({ ...use, function: undefined }))
      : functions.flatMap((func) => {
          const code = func.section.bytes.subarray(func.offset, func.offset + func.size);
          const uses = newerInstructions(code, littleEndian);
          const callback = core && callbackUse(core, func);
          return [
            ...uses.map((use) => ({ ...use, offset: use.offset + func.offset, function: func })),
            ...(callback === undefined ? [] : [{ ...callback, function: func }]),
          ];
        });
  const attachTarget = options.attach?.get(program.name) ?? program.attachTarget;
  return { program, own, functions, attachTarget, instructions };
}

/** The first instruction of a function that takes the address of another: the linker's relocation makes it one. */
function callbackUse(core: BpfObject, func: BpfProgram): InstructionUse | undefined {
  for (const [offset, { kind }] of codeReferences(core).get(func.section.name) ?? []) {
    if (kind !== 'callback' || offset < func.offset || offset >= func.offset + func.size) continue;
    return { feature: INSTRUCTION_FEATURES.callbacks, offset };
  }
  return undefined;
}

function checkNames(object: LoaderObject, options: RequirementOptions): void {
  const programs = new Set(object.programs.map(({ name }) => name));
  for (const name of [...(options.attach?.keys() ?? []), ...(options.skip ?? [])]) {
    if (!programs.has(name)) throw new LoadCheckError('no-such-program', `the object has no program '${name}'`, name);
  }
  const maps = new Set(object.maps.map(({ name }) => name));
  for (const name of options.maxEntries?.keys() ?? []) {
    if (!maps.has(name)) throw new LoadCheckError('no-such-map', `the object has no map '${name}'`, name);
  }
}

/** A global variable in a read-only section. */
export interface ReadOnlyVariable {
  readonly name: string;
  readonly section: string;
  readonly offset: number;
  readonly size: number;
  /** Declared volatile: the compiler leaves its value to user space. */
  readonly isVolatile: boolean;
}

/** The object's `const` variables that are kept in memory. */
export function readOnlyVariables(object: LoaderObject): ReadOnlyVariable[] {
  const { btf } = object;
  if (btf === undefined) return [];
  const found: ReadOnlyVariable[] = [];
  const places = new Map(object.elf.symbols.map((symbol) => [symbol.name, symbol]));
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Datasec || !btf.name(id).startsWith('.rodata')) continue;
    const section = decodeType(btf, id);
    if (section.kind !== BtfKind.Datasec) continue;
    for (const { type, size } of section.vars) {
      const name = btf.name(type);
      const symbol = places.get(name);
      if (symbol === undefined) continue;
      found.push({ name, section: btf.name(id), offset: symbol.value, size, isVolatile: isVolatile(btf, type) });
    }
  }
  return found;
}

/** Whether volatile stands among the modifiers of a variable's type. */
function isVolatile(btf: Btf, variable: number): boolean {
  for (let id = btf.sizeOrType(variable), depth = 0; depth < 8; depth++, id = btf.sizeOrType(id)) {
    const kind = btf.kind(id);
    if (kind === BtfKind.Volatile) return true;
    if (kind === BtfKind.Array) {
      const array = decodeType(btf, id);
      return array.kind === BtfKind.Array && btf.kind(array.type) === BtfKind.Volatile;
    }
    if (kind !== BtfKind.Const && kind !== BtfKind.Typedef) return false;
  }
  return false;
}

const settable = new WeakMap<LoadRequirements, readonly ReadOnlyVariable[]>();

/** The variables that user space may still set to anything: `const volatile`, and not set. */
export function settableVariables(requirements: LoadRequirements): readonly ReadOnlyVariable[] {
  let found = settable.get(requirements);
  if (found === undefined) {
    const all = readOnlyVariables(requirements.object);
    found = all.filter((variable) => variable.isVolatile && !requirements.wasSet.has(variable.name));
    settable.set(requirements, found);
  }
  return found;
}

function setValues(object: LoaderObject, set: ReadonlyMap<string, bigint> | undefined): Map<string, Uint8Array> {
  const data = new Map<string, Uint8Array>();
  if (set === undefined || set.size === 0) return data;
  const variables = readOnlyVariables(object);
  for (const [name, value] of set) {
    const variable = variables.find((candidate) => candidate.name === name);
    if (variable === undefined) {
      throw new LoadCheckError('no-such-variable', `the object has no variable '${name}' in .rodata`, name);
    }
    if (![1, 2, 4, 8].includes(variable.size)) {
      throw new LoadCheckError('not-a-number', `'${name}' has ${variable.size} bytes: only numbers can be set`, name);
    }
    let bytes = data.get(variable.section);
    if (bytes === undefined) {
      const section = object.elf.section(variable.section);
      bytes = section === undefined ? new Uint8Array() : new Uint8Array(object.elf.sectionBytes(section));
      data.set(variable.section, bytes);
    }
    for (let i = 0; i < variable.size; i++) {
      const at = variable.offset + (object.littleEndian ? i : variable.size - 1 - i);
      bytes[at] = Number((value >> BigInt(8 * i)) & 0xffn);
    }
  }
  return data;
}

/**
 * `no-such-program`, `no-such-map`, `no-such-variable`, `no-such-loader`: an option names it; `not-a-number`: it cannot be
 * set; `bad-setting`: it is not of the form NAME=VALUE.
 */
export type LoadCheckErrorCode =
  | 'no-such-program'
  | 'no-such-map'
  | 'no-such-variable'
  | 'no-such-loader'
  | 'not-a-number'
  | 'bad-setting';

/** A question that makes no sense for this object. */
export class LoadCheckError extends Error {
  override readonly name = 'LoadCheckError';
  readonly code: LoadCheckErrorCode;
  /** What was named. */
  readonly subject: string;

  constructor(code: LoadCheckErrorCode, message: string, subject: string) {
    super(message);
    this.code = code;
    this.subject = subject;
  }
}
