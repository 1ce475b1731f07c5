// struct_ops variables: tables of functions that a BPF object hands to the kernel, each a map. libbpf.c
// init_struct_ops_maps, bpf_object_init_struct_ops.

import { type Btf, BtfKind, decodeType, findByName, skipModifiersAndTypedefs } from '@btfq/btf-format';
import type { ElfSection } from '@btfq/elf';
import { LoaderErrno, LoaderError } from '../errors.ts';
import { MapType } from '../uapi/map-type.ts';
import { MapFlag, type MapSources, type MapWithoutIndex } from './map-draft.ts';

/** One map for each variable of the struct_ops sections, in file order. @throws LoaderError `bad-struct-ops` */
export function structOpsMaps(sources: MapSources): MapWithoutIndex[] {
  const { sections, btf } = sources;
  if (btf === undefined) return [];
  return sections.structOps.flatMap((section) => mapsOfSection(sources, btf, section));
}

function mapsOfSection({ elf }: MapSources, btf: Btf, section: ElfSection): MapWithoutIndex[] {
  const bytes = elf.sectionBytes(section);
  const id = findByName(btf, section.name, BtfKind.Datasec);
  const datasec = id === undefined ? undefined : decodeType(btf, id);
  const autocreate = !section.name.startsWith('?');
  const sectionName = autocreate ? section.name : section.name.slice(1);
  const fault = (what: string, errno: number = LoaderErrno.Invalid, symbol?: string) =>
    new LoaderError('bad-struct-ops', `section '${section.name}': ${what}`, {
      errno,
      section: section.name,
      expected: 'variables of a named struct',
      ...(symbol === undefined ? {} : { symbol }),
    });
  if (datasec?.kind !== BtfKind.Datasec) throw fault('not in BTF');
  return datasec.vars.map(({ type: variable, offset }) => {
    const name = btf.name(variable);
    const typeId = skipModifiersAndTypedefs(
      btf,
      btf.kind(variable) === BtfKind.Var ? btf.sizeOrType(variable) : variable,
    );
    const struct = decodeType(btf, typeId);
    if (struct.name === '') throw fault(`'${name}' has an anonymous type`, LoaderErrno.NotSupported, name);
    if (struct.kind !== BtfKind.Struct) throw fault(`'${name}' is not a struct`, LoaderErrno.Invalid, name);
    if (offset + struct.size > bytes.length) throw fault(`'${name}' reaches beyond it`, LoaderErrno.Invalid, name);
    return {
      name,
      type: MapType.StructOps,
      keySize: 4,
      valueSize: struct.size,
      maxEntries: 1,
      flags: sectionName === '.struct_ops.link' ? MapFlag.Link : 0,
      numaNode: 0,
      extra: 0n,
      keyTypeId: 0,
      valueTypeId: typeId,
      origin: 'struct_ops',
      sectionName,
      sectionIndex: section.index,
      sectionOffset: offset,
      autocreate,
      pinPath: undefined,
      inner: undefined,
      slots: [],
      data: undefined,
      structOps: {
        typeId,
        data: Uint8Array.from(bytes.subarray(offset, offset + struct.size)),
        programs: struct.members.map(() => undefined),
      },
    };
  });
}
