// The object's BTF made ready for a kernel: externs become variables, and sections get the sizes and offsets that the
// compiler left to a linker. libbpf.c bpf_object__collect_externs, add_dummy_ksym_var, bpf_object_fixup_btf.

import { type Btf, BtfKind, findByName } from '@btfq/btf-format';
import { type ElfFile, type ElfSymbol, SymbolBinding, SymbolType, SymbolVisibility } from '@btfq/elf';
import { BtfEditor } from '../btf-edit.ts';
import { LoaderErrno, LoaderError } from '../errors.ts';
import type { LoaderExtern } from './model.ts';

const STATIC = 0;
const GLOBAL = 1;
const EXTERN = 2;
const SIZE_OF_INT = 4;

/** A changed copy; types keep their ids, and at most one is added. @throws LoaderError `bad-btf`, `bad-extern` */
export function kernelBtf(btf: Btf, elf: ElfFile, externs: readonly LoaderExtern[]): Btf {
  const editor = new BtfEditor(btf);
  const dummy = addDummyVariable(btf, editor);
  const byName = new Map(externs.map((extern) => [extern.name, extern]));
  const sections = externSections(btf, externs);
  if (sections.ksyms !== undefined) allocateKsyms(btf, editor, sections.ksyms, byName, dummy);
  if (sections.kconfig !== undefined) allocateKconfig(btf, editor, sections.kconfig, byName);
  const variables = variableSymbols(elf);
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) === BtfKind.Datasec) fixSection(btf, editor, id, elf, variables);
  }
  return editor.finish();
}

/** The id of a variable that stands for functions of `.ksyms`, which must hold variables only; 0 where none are. */
function addDummyVariable(btf: Btf, editor: BtfEditor): number {
  const section = findByName(btf, '.ksyms', BtfKind.Datasec);
  if (section === undefined) return 0;
  if (!variablesOf(editor, section).some(({ type }) => editor.kind(type) === BtfKind.Func)) return 0;
  return editor.add(editor.string('dummy_ksym'), BtfKind.Var << 24, intId(btf), GLOBAL);
}

/** The first integer of 32 bits, 0 without one. */
function intId(btf: Btf): number {
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) === BtfKind.Int && (btf.words[btf.wordAt(id) + 3]! & 0xff) === 32) return id;
  }
  return 0;
}

interface Variable {
  /** Its position in the section, and the index of its first word in the type. */
  readonly index: number;
  readonly word: number;
  readonly type: number;
}

function variablesOf(editor: BtfEditor, section: number): Variable[] {
  return Array.from({ length: editor.vlen(section) }, (_, index) => {
    const word = 3 + index * 3;
    return { index, word, type: editor.word(section, word) };
  });
}

/** The DATASEC that holds the last of the externs of each kind. */
function externSections(btf: Btf, externs: readonly LoaderExtern[]): { ksyms?: number; kconfig?: number } {
  const found: { ksyms?: number; kconfig?: number } = {};
  for (const name of ['ksyms', 'kconfig'] as const) {
    const used = externs.some(({ kind }) => (kind === 'kconfig') === (name === 'kconfig'));
    const id = used ? findByName(btf, `.${name}`, BtfKind.Datasec) : undefined;
    if (id !== undefined) found[name] = id;
  }
  return found;
}

/** Every extern becomes an allocated `int`, functions the dummy variable; unnamed parameters get a name. */
function allocateKsyms(
  btf: Btf,
  editor: BtfEditor,
  section: number,
  externs: ReadonlyMap<string, LoaderExtern>,
  dummy: number,
): void {
  const int = intId(btf);
  const dummyName = dummy === 0 ? 0 : editor.word(dummy, 0);
  const variables = variablesOf(editor, section);
  for (const { index, word, type } of variables) {
    requireExtern(btf, type, externs);
    if (editor.kind(type) === BtfKind.Func) {
      const prototype = editor.word(type, 2);
      for (let i = 0; i < editor.vlen(prototype); i++) {
        const [name, parameter] = [3 + i * 2, editor.word(prototype, 4 + i * 2)];
        if (parameter !== 0 && editor.word(prototype, name) === 0) editor.setWord(prototype, name, dummyName);
      }
      editor.setWord(section, word, dummy);
      editor.setWord(type, 1, (editor.word(type, 1) & ~0xffff) | GLOBAL);
    } else {
      editor.setWord(type, 3, GLOBAL);
      editor.setWord(type, 2, int);
    }
    editor.setWord(section, word + 1, index * SIZE_OF_INT);
    editor.setWord(section, word + 2, SIZE_OF_INT);
  }
  editor.setWord(section, 2, variables.length * SIZE_OF_INT);
}

function allocateKconfig(
  btf: Btf,
  editor: BtfEditor,
  section: number,
  externs: ReadonlyMap<string, LoaderExtern>,
): void {
  for (const { word, type } of variablesOf(editor, section)) {
    const extern = requireExtern(btf, type, externs);
    editor.setWord(type, 3, GLOBAL);
    editor.setWord(section, word + 1, extern.kconfig?.offset ?? 0);
  }
  editor.setWord(section, 2, kconfigSize([...externs.values()]));
}

/** Bytes of the `.kconfig` map; 0 where the object has no such extern. */
export function kconfigSize(externs: readonly LoaderExtern[]): number {
  const last = externs.findLast(({ kind }) => kind === 'kconfig')?.kconfig;
  return last === undefined ? 0 : last.offset + last.size;
}

function requireExtern(btf: Btf, type: number, externs: ReadonlyMap<string, LoaderExtern>): LoaderExtern {
  const name = btf.name(type);
  const extern = externs.get(name);
  if (extern !== undefined) return extern;
  throw new LoaderError('bad-extern', `extern '${name}' of BTF has no symbol`, {
    errno: LoaderErrno.NoProcess,
    symbol: name,
    typeId: type,
    expected: 'an undefined symbol of that name',
  });
}

/** Global and weak variables by name, the first of each. */
function variableSymbols(elf: ElfFile): Map<string, ElfSymbol> {
  const found = new Map<string, ElfSymbol>();
  for (const symbol of elf.symbols) {
    if (symbol.type !== SymbolType.Object || symbol.binding === SymbolBinding.Local) continue;
    if (!found.has(symbol.name)) found.set(symbol.name, symbol);
  }
  return found;
}

/** libbpf btf_fixup_datasec: size and offsets where the compiler left 0, hidden variables made static, all sorted. */
function fixSection(
  btf: Btf,
  editor: BtfEditor,
  id: number,
  elf: ElfFile,
  symbols: ReadonlyMap<string, ElfSymbol>,
): void {
  const name = btf.name(id);
  if (name !== '.ksyms' && name !== '.kconfig') {
    const needsOffsets = editor.word(id, 2) === 0;
    if (needsOffsets) {
      const size = elf.section(name)?.size ?? 0;
      if (size === 0) throw bad(name, id, LoaderErrno.NoEntry, `no ELF section '${name}' with content`);
      editor.setWord(id, 2, size);
    }
    for (const { word, type } of variablesOf(editor, id)) {
      if (editor.kind(type) !== BtfKind.Var) throw bad(name, type, LoaderErrno.Invalid, `section '${name}' of BTF`);
      const linkage = editor.word(type, 3);
      if (linkage === STATIC || linkage === EXTERN) continue;
      const symbol = symbols.get(btf.name(type));
      if (symbol === undefined)
        throw bad(name, type, LoaderErrno.NoEntry, `no symbol for variable '${btf.name(type)}'`);
      if (needsOffsets) editor.setWord(id, word + 1, symbol.value);
      const { visibility } = symbol;
      const hidden = visibility === SymbolVisibility.Hidden || visibility === SymbolVisibility.Internal;
      if (hidden) editor.setWord(type, 3, STATIC);
    }
  }
  editor.sortVariables(id);
}

function bad(section: string, typeId: number, errno: number, what: string): LoaderError {
  return new LoaderError('bad-btf', what, { errno, section, typeId, expected: 'variables that the symbol table has' });
}
