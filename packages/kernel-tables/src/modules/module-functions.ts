// The functions of a module, and what can be attached to each once it is loaded: the table of its patchable places
// (kernel/trace/ftrace.c, ftrace_module_init), its part of the kprobe blacklist (kernel/kprobes.c, kprobes_module_callback),
// and the sections that its symbols lie in.

import { type ElfFile, type ElfSection, Machine, SymbolBinding, SymbolType } from '@btfq/elf';
import { FunctionFlag, type FunctionTable, prototypeFlag } from '../attach/functions.ts';
import type { Prototype } from '../attach/prototypes.ts';
import { isCode, isInit, type ModulePlace, pointedPlaces } from './module-file.ts';

const MCOUNT = '__mcount_loc';
const PATCHABLE = '__patchable_function_entries';
/** Local labels, mapping symbols and padding are no functions. */
const NOT_A_FUNCTION = /^(?:$|\$|\.L|L0|__pfx_|__cfi_)/;
/** A place further inside belongs to code without a symbol of its own. */
const MAX_OFFSET = 16;
/** Two instructions before a function may be patched too (CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS, arm64 and riscv). */
const BEFORE = 8;

interface ModuleFunction {
  readonly name: string;
  readonly offset: number;
}

/** The functions by name; `prototypes` undefined where the module's types are not known. @throws ElfError */
export function moduleFunctions(elf: ElfFile, prototypes: ReadonlyMap<string, Prototype> | undefined): FunctionTable {
  const bySection = functionsOf(elf);
  const traced = new Set<ModuleFunction>();
  const table = placesSection(elf);
  const places = table === undefined ? [] : pointedPlaces(elf, table);
  const isBefore = liesBefore(elf, places, bySection);
  for (const place of places) {
    const found = functionsAt(bySection, place, isBefore);
    for (const one of found) traced.add(one);
  }
  const denied = new Set<ModuleFunction>();
  const blacklist = elf.section('_kprobe_blacklist');
  for (const place of blacklist === undefined ? [] : pointedPlaces(elf, blacklist)) {
    for (const one of bySection.get(place.section) ?? []) if (one.offset === place.offset) denied.add(one);
  }
  const byName = new Map<string, { count: number; traced: number; init: number; denied: number }>();
  for (const [index, functions] of bySection) {
    const section = elf.sections[index] as ElfSection;
    const isDenied = section.name === '.kprobes.text' || section.name === '.noinstr.text';
    for (const one of functions) {
      const fact = byName.get(one.name) ?? { count: 0, traced: 0, init: 0, denied: 0 };
      byName.set(one.name, fact);
      fact.count++;
      if (isInit(section)) fact.init++;
      else if (traced.has(one)) fact.traced++;
      if (isDenied || denied.has(one)) fact.denied++;
    }
  }
  const names = [...byName.keys()].sort();
  const flags = names.map((name) => {
    const fact = byName.get(name) ?? { count: 0, traced: 0, init: 0, denied: 0 };
    return (
      (fact.traced > 0 ? FunctionFlag.Traced : 0) |
      (fact.init === fact.count ? FunctionFlag.InitOnly : 0) |
      (fact.denied > 0 ? FunctionFlag.KprobeDenied : 0) |
      (fact.count > 1 ? FunctionFlag.Several : 0) |
      (fact.traced > 0 && fact.traced < fact.count ? FunctionFlag.SomeNotTraced : 0) |
      (prototypes === undefined ? 0 : prototypeFlag(prototypes.get(name)))
    );
  });
  return { names, flags };
}

/** The section that ftrace asks (FTRACE_CALLSITE_SECTION): x86 has the other one too, for its padding. */
function placesSection(elf: ElfFile): ElfSection | undefined {
  const isX86 = elf.machine === Machine.X86_64 || elf.machine === Machine.I386;
  const patchable = isX86 ? undefined : elf.section(PATCHABLE);
  return patchable ?? elf.section(MCOUNT);
}

/** Symbols of code by section, ascending; those of one place in the file's order. */
function functionsOf(elf: ElfFile): ReadonlyMap<number, readonly ModuleFunction[]> {
  const bySection = new Map<number, ModuleFunction[]>();
  for (const section of elf.sections) if (isCode(section)) bySection.set(section.index, []);
  for (const symbol of elf.symbols) {
    const list = bySection.get(symbol.sectionIndex);
    if (list === undefined || symbol.type === SymbolType.Section || symbol.type === SymbolType.File) continue;
    if (NOT_A_FUNCTION.test(symbol.name) || symbol.binding > SymbolBinding.Weak) continue;
    list.push({ name: symbol.name, offset: symbol.value });
  }
  for (const list of bySection.values()) list.sort((a, b) => a.offset - b.offset);
  return bySection;
}

type Functions = ReadonlyMap<number, readonly ModuleFunction[]>;

/** The functions whose place this is: those of the last address that is not behind it. */
function functionsAt(
  bySection: Functions,
  { section, offset }: ModulePlace,
  isBefore: boolean,
): readonly ModuleFunction[] {
  const list = bySection.get(section);
  if (list === undefined) return [];
  const wanted = isBefore ? offset + BEFORE : offset;
  let end = upperBound(list, wanted);
  const last = list[end - 1]?.offset;
  if (last === undefined || wanted - last > MAX_OFFSET) return [];
  const found: ModuleFunction[] = [];
  for (end--; end >= 0 && list[end]?.offset === last; end--) found.push(list[end] as ModuleFunction);
  return found;
}

/** Whether places lie before their functions, by the table as a whole. */
function liesBefore(elf: ElfFile, places: readonly ModulePlace[], bySection: Functions): boolean {
  if (elf.machine !== Machine.Aarch64 && elf.machine !== Machine.Riscv) return false;
  let before = 0;
  for (const { section, offset } of places) {
    const list = bySection.get(section) ?? [];
    if (list[upperBound(list, offset + BEFORE) - 1]?.offset === offset + BEFORE) before++;
  }
  return before * 2 > places.length;
}

/** How many begin at or before an offset. */
function upperBound(list: readonly ModuleFunction[], offset: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as ModuleFunction).offset <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
