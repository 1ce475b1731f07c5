// Externs: what the kernel (`.ksyms`) or its configuration (`.kconfig`) provides. libbpf.c bpf_object__collect_externs
// up to its sorting; what it then does to the BTF is in extern-btf.ts.

import { alignOf, type Btf, BtfKind, essentialName, resolveSize, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { type ElfFile, type ElfSymbol, SectionIndex, SymbolBinding, SymbolType } from '@btfq/elf';
import { LoaderErrno, LoaderError } from '../errors.ts';
import { kconfigType } from './kconfig-type.ts';
import type { KconfigExtern, LoaderExtern } from './model.ts';

const BTF_EXTERN = 2;

/** Whether a symbol is one that something else must provide: undefined, without type, global or weak. */
export function isExtern(symbol: ElfSymbol): boolean {
  return (
    symbol.sectionIndex === SectionIndex.Undef &&
    symbol.type === SymbolType.NoType &&
    (symbol.binding === SymbolBinding.Global || symbol.binding === SymbolBinding.Weak)
  );
}

/** All externs in libbpf's order. @throws LoaderError `bad-extern` */
export function collectExterns(elf: ElfFile, btf: Btf | undefined): LoaderExtern[] {
  const symbols = elf.symbols.filter((symbol) => isExtern(symbol) && symbol.name !== '');
  if (symbols.length === 0) return [];
  if (btf === undefined) throw bad(symbols[0] as ElfSymbol, 'has no BTF', LoaderErrno.NoProcess);
  const names = declarations(btf);
  const sections = sectionsOfVariables(btf);
  const found = symbols.map((symbol) => extern(btf, symbol, names.get(symbol.name), sections));
  found.sort(compare);
  let end = 0;
  return found.map((draft, index) => {
    if (draft.kconfig === undefined) return { ...draft, index };
    const offset = Math.ceil(end / draft.kconfig.align) * draft.kconfig.align;
    end = offset + draft.kconfig.size;
    return { ...draft, index, kconfig: { ...draft.kconfig, offset } };
  });
}

type ExternDraft = Omit<LoaderExtern, 'index'>;

function extern(
  btf: Btf,
  symbol: ElfSymbol,
  btfId: number | undefined,
  sections: ReadonlyMap<number, string>,
): ExternDraft {
  if (btfId === undefined) throw bad(symbol, 'is not declared in BTF', LoaderErrno.NoEntry);
  const isFunction = btf.kind(btfId) === BtfKind.Func;
  const linkage = isFunction ? btf.vlen(btfId) : btf.words[btf.wordAt(btfId) + 3]!;
  if (linkage !== BTF_EXTERN) throw bad(symbol, 'is not extern in BTF', LoaderErrno.Invalid, btfId);
  const section = sections.get(btfId);
  if (section === undefined) throw bad(symbol, 'is in no section of BTF', LoaderErrno.NoEntry, btfId);
  const type = btf.sizeOrType(btfId);
  const common = {
    name: symbol.name,
    essentialName: essentialName(symbol.name),
    weak: symbol.binding === SymbolBinding.Weak,
    symbolIndex: symbol.index,
    btfId,
    typeId: skipModifiersAndTypedefs(btf, type),
  };
  if (section === '.ksyms')
    return { ...common, kind: isFunction ? 'ksym-function' : 'ksym-variable', kconfig: undefined };
  if (section !== '.kconfig') {
    throw bad(symbol, `is in the unknown section '${section}'`, LoaderErrno.NotSupported, btfId);
  }
  if (isFunction) throw bad(symbol, 'is a function in .kconfig', LoaderErrno.NotSupported, btfId);
  return { ...common, kind: 'kconfig', kconfig: kconfig(btf, symbol, type) };
}

/** Its offset follows once all are sorted. */
function kconfig(btf: Btf, symbol: ElfSymbol, typeId: number): KconfigExtern {
  const size = resolveSize(btf, typeId, 8);
  const align = alignOf(btf, typeId, 8);
  if (!size || !align) throw bad(symbol, 'has a type without size', LoaderErrno.Invalid, typeId);
  const value = kconfigType(btf, typeId);
  if (value === undefined) throw bad(symbol, 'has an unsupported type', LoaderErrno.NotSupported, typeId);
  return { ...value, size, align, offset: 0 };
}

function bad(symbol: ElfSymbol, what: string, errno: number, typeId?: number): LoaderError {
  return new LoaderError('bad-extern', `extern '${symbol.name}' ${what}`, {
    errno,
    symbol: symbol.name,
    expected: 'an extern variable or function in .ksyms or .kconfig',
    ...(typeId === undefined ? {} : { typeId }),
  });
}

/** The first variable or function of each name. */
function declarations(btf: Btf): Map<string, number> {
  const names = new Map<string, number>();
  for (let id = 1; id < btf.typeCount; id++) {
    const kind = btf.kind(id);
    if (kind !== BtfKind.Var && kind !== BtfKind.Func) continue;
    const name = btf.name(id);
    if (!names.has(name)) names.set(name, id);
  }
  return names;
}

/** For each variable or function that is in a DATASEC, the name of the first such. */
function sectionsOfVariables(btf: Btf): Map<number, string> {
  const sections = new Map<number, string>();
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Datasec) continue;
    const at = btf.wordAt(id) + 3;
    for (let i = 0; i < btf.vlen(id); i++) {
      const variable = btf.words[at + i * 3]!;
      if (!sections.has(variable)) sections.set(variable, btf.name(id));
    }
  }
  return sections;
}

/** `.kconfig` first, by falling alignment, then rising size; then by name. libbpf cmp_externs. */
function compare(a: ExternDraft, b: ExternDraft): number {
  if ((a.kconfig === undefined) !== (b.kconfig === undefined)) return a.kconfig === undefined ? 1 : -1;
  if (a.kconfig !== undefined && b.kconfig !== undefined) {
    if (a.kconfig.align !== b.kconfig.align) return b.kconfig.align - a.kconfig.align;
    if (a.kconfig.size !== b.kconfig.size) return a.kconfig.size - b.kconfig.size;
  }
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
