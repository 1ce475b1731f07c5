// What else an object says about itself: licence, version, maps, externs. libbpf.c bpf_object__elf_collect,
// parse_btf_map_def, bpf_object__collect_externs.

import { BtfKind, decodeType, resolveSize, skipModifiersAndTypedefs } from '@btfq/btf-format';
import { type ElfSymbol, SectionIndex, SectionType, SymbolBinding, SymbolType } from '@btfq/elf';
import type { BpfObject } from './bpf-object.ts';

/** A map. Numbers that the definition leaves out are undefined. */
export interface BpfMap {
  readonly name: string;
  /** `btf`: in `.maps`; `legacy`: struct bpf_map_def in `maps`; `data`: a section of global variables. */
  readonly definedBy: 'btf' | 'legacy' | 'data';
  /** BPF_MAP_TYPE_*. */
  readonly type: number | undefined;
  readonly keySize: number | undefined;
  readonly valueSize: number | undefined;
  readonly maxEntries: number | undefined;
}

/** Something that the kernel or its configuration has to provide. */
export interface BpfExtern {
  readonly name: string;
  readonly section: '.ksyms' | '.kconfig' | undefined;
  readonly kind: 'func' | 'var' | undefined;
  /** Type of the variable or function in the object's BTF. */
  readonly typeId: number | undefined;
  /** The program can do without. */
  readonly weak: boolean;
}

/** The text of `SEC("license")`; undefined where there is none. */
export function objectLicense(object: BpfObject): string | undefined {
  const bytes = sectionBytes(object, 'license');
  if (bytes === undefined) return undefined;
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The kernel version of `SEC("version")`, which old kprobe programs had to give. */
export function objectVersion(object: BpfObject): number | undefined {
  const bytes = sectionBytes(object, 'version');
  if (bytes === undefined || bytes.length < 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, object.littleEndian);
}

function sectionBytes(object: BpfObject, name: string): Uint8Array | undefined {
  const section = object.elf.section(name);
  return section && object.elf.sectionBytes(section);
}

/** All maps: those of `.maps`, then `maps`, then global data. */
export function objectMaps(object: BpfObject): BpfMap[] {
  return [...btfMaps(object), ...legacyMaps(object), ...dataMaps(object)];
}

function btfMaps(object: BpfObject): BpfMap[] {
  const { btf } = object;
  return sectionVariables(object, '.maps').map(({ name, typeId }) => {
    const numbers: Record<string, number> = {};
    const definition = decodeType(btf, skipModifiersAndTypedefs(btf, typeId));
    if (definition.kind === BtfKind.Struct) {
      for (const member of definition.members) {
        const pointee = decodeType(btf, skipModifiersAndTypedefs(btf, member.type));
        if (pointee.kind !== BtfKind.Ptr) continue;
        // __uint(name, value) is a pointer to an array of `value` elements, __type(name, type) a pointer to the type
        const inner = decodeType(btf, skipModifiersAndTypedefs(btf, pointee.type));
        const size = member.name === 'key' || member.name === 'value';
        const number = size
          ? resolveSize(btf, pointee.type, 8)
          : inner.kind === BtfKind.Array
            ? inner.nelems
            : undefined;
        if (number !== undefined) numbers[member.name] = number;
      }
    }
    return {
      name,
      definedBy: 'btf',
      type: numbers['type'],
      keySize: numbers['key_size'] ?? numbers['key'],
      valueSize: numbers['value_size'] ?? numbers['value'],
      maxEntries: numbers['max_entries'],
    };
  });
}

/** Variables of a DATASEC, by its name. */
function sectionVariables(object: BpfObject, section: string): { name: string; typeId: number; varId: number }[] {
  const { btf } = object;
  for (let id = 1; id < btf.typeCount; id++) {
    if (btf.kind(id) !== BtfKind.Datasec || btf.name(id) !== section) continue;
    const datasec = decodeType(btf, id);
    if (datasec.kind !== BtfKind.Datasec) return [];
    return datasec.vars.map((entry) => ({
      name: btf.name(entry.type),
      typeId: btf.kind(entry.type) === BtfKind.Func ? entry.type : btf.sizeOrType(entry.type),
      varId: entry.type,
    }));
  }
  return [];
}

/** struct bpf_map_def: five u32 words. */
function legacyMaps(object: BpfObject): BpfMap[] {
  const section = object.elf.section('maps');
  if (section === undefined) return [];
  const bytes = object.elf.sectionBytes(section);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return object.elf.symbols
    .filter((symbol) => symbol.sectionIndex === section.index && symbol.type !== SymbolType.Section)
    .filter((symbol) => symbol.value + 16 <= bytes.length)
    .map((symbol) => {
      const word = (i: number) => view.getUint32(symbol.value + i * 4, object.littleEndian);
      const sizes = { type: word(0), keySize: word(1), valueSize: word(2), maxEntries: word(3) };
      return { name: symbol.name, definedBy: 'legacy', ...sizes };
    });
}

const BPF_MAP_TYPE_ARRAY = 2;

function dataMaps(object: BpfObject): BpfMap[] {
  const names = ['.data', '.rodata', '.bss', '.kconfig'];
  return object.elf.sections
    .filter(
      ({ name, size }) => size > 0 && names.some((n) => name === n || (n !== '.kconfig' && name.startsWith(`${n}.`))),
    )
    .filter(({ type }) => type === SectionType.ProgBits || type === SectionType.NoBits)
    .map(({ name, size }) => ({
      name,
      definedBy: 'data',
      type: BPF_MAP_TYPE_ARRAY,
      keySize: 4,
      valueSize: size,
      maxEntries: 1,
    }));
}

/** Undefined symbols, with what the BTF says about them. */
export function objectExterns(object: BpfObject): BpfExtern[] {
  const declared = new Map<string, Pick<BpfExtern, 'section' | 'kind' | 'typeId'>>();
  for (const section of ['.ksyms', '.kconfig'] as const) {
    for (const { name, typeId, varId } of sectionVariables(object, section)) {
      declared.set(name, { section, kind: object.btf.kind(varId) === BtfKind.Func ? 'func' : 'var', typeId });
    }
  }
  return object.elf.symbols.filter(isExtern).map((symbol) => ({
    name: symbol.name,
    ...(declared.get(symbol.name) ?? { section: undefined, kind: undefined, typeId: undefined }),
    weak: symbol.binding === SymbolBinding.Weak,
  }));
}

function isExtern(symbol: ElfSymbol): boolean {
  return symbol.sectionIndex === SectionIndex.Undef && symbol.binding !== SymbolBinding.Local && symbol.name !== '';
}
