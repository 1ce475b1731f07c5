// A BPF object in words: programs, maps, relocations with their source lines.

import {
  type BpfObject,
  formatRoot,
  formatSpecInC,
  objectLicense,
  objectMaps,
  parseBpfObject,
  relocate,
  relocationKindWord,
  sourceLine,
} from '@btfq/core-reloc';
import { mapTypeWord } from '@btfq/loader';
import type { ObjectDescription, ObjectFile, RelocationDescription } from './tasks.ts';

/** Bytes of a BPF instruction. */
const INSN_SIZE = 8;

/** Reads an uploaded object. Throws RelocationError, ElfError. */
export function readObject({ name, bytes }: ObjectFile): BpfObject {
  return parseBpfObject(bytes, { name });
}

/** Everything about an object that needs no kernel. */
export function describeObject(file: ObjectFile, sha256: (bytes: Uint8Array) => string): ObjectDescription {
  const object = readObject(file);
  return {
    name: file.name,
    sha256: sha256(file.bytes),
    license: objectLicense(object) ?? null,
    littleEndian: object.littleEndian,
    programs: object.programs.map(({ name, section, size }) => ({
      name,
      section: section.name,
      instructions: size / INSN_SIZE,
    })),
    maps: objectMaps(object).map((map) => ({
      name: map.name,
      type: map.type === undefined ? null : (mapTypeWord(map.type) ?? String(map.type)),
      keySize: map.keySize ?? null,
      valueSize: map.valueSize ?? null,
      maxEntries: map.maxEntries ?? null,
    })),
    relocations: describeRelocations(object),
  };
}

function describeRelocations(object: BpfObject): RelocationDescription[] {
  // over its own types, for the local specs: no kernel is needed to say what is asked for
  return relocate(object, object.btf).map(({ relocation, localSpec: spec }) => {
    const line = sourceLine(object, relocation);
    return {
      index: relocation.index,
      program: relocation.program?.name ?? null,
      section: relocation.section,
      insnOff: relocation.insnOff,
      kind: relocationKindWord(relocation.kind),
      spec: spec === undefined ? formatRoot(object.btf, relocation.typeId) : formatSpecInC(spec),
      file: line?.file ?? null,
      line: line?.line ?? null,
      column: line?.column ?? null,
    };
  });
}
