// BPF objects made by hand: types as given, one section of instructions, one function over it, and relocation records.

import { type Btf, parseBtf } from '@btfq/btf-format';
import { type BpfObject, parseBpfObject, type Resolution, resolveObject, type Rules } from '@btfq/core-reloc';
import { BtfBytes, buildElf, ByteWriter, symbolTable } from '@btfq/test-kit';

/** One record; `insn` counts instruction slots. */
export interface RecordSpec {
  readonly insn?: number;
  readonly type: number;
  readonly access?: string;
  readonly kind: number;
  /** Instead of `access`. */
  readonly accessOff?: number;
}

/** What to build. */
export interface ObjectSpec {
  readonly littleEndian?: boolean;
  readonly types: (btf: BtfBytes) => readonly RecordSpec[];
  /** Instructions; by default a `r1 = 0` for every record. */
  readonly code?: (code: ByteWriter) => void;
  readonly section?: string;
  /** Replaces `.BTF.ext`'s bytes. */
  readonly damage?: (ext: Uint8Array) => Uint8Array;
  /** Section that the records name, where it is not `section`. */
  readonly recordsOf?: string;
  /** Bytes of the function, where they are not all. */
  readonly programSize?: number;
}

/** Appends `code dst,src off imm` in the writer's byte order. */
export function insn(to: ByteWriter, code: number, off = 0, imm = 0, dst = 1, src = 0): void {
  to.u8(code, to.littleEndian ? (src << 4) | dst : (dst << 4) | src)
    .u16(off)
    .u32(imm);
}

/** The bytes of an object file. */
export function objectBytes(spec: ObjectSpec): Uint8Array {
  const { littleEndian = true, section = 'raw_tp/x' } = spec;
  const btf = new BtfBytes({ littleEndian });
  const records = spec.types(btf);
  const words = records.flatMap((record, i) => [
    (record.insn ?? i) * 8,
    record.type,
    record.accessOff ?? btf.string(record.access ?? '0'),
    record.kind,
  ]);
  const name = btf.string(spec.recordsOf ?? section);
  const code = new ByteWriter(littleEndian);
  if (spec.code) spec.code(code);
  else for (const _ of records) insn(code, 0xb7);
  const func = [8, name, 1, 0, btf.nextId - 1];
  const line = [16, name, 1, 0, btf.string('x.bpf.c'), btf.string('  return p->x;'), (12 << 10) | 7];
  const relos = [16, name, records.length, ...words];
  const ext = new ByteWriter(littleEndian).u16(0xeb9f).u8(1, 0);
  ext.u32(32, 0, func.length * 4, func.length * 4, line.length * 4);
  ext.u32((func.length + line.length) * 4, relos.length * 4, ...func, ...line, ...relos);
  const symbols = symbolTable(
    [{ name: 'prog', type: 2, binding: 1, section: 1, size: spec.programSize ?? code.length }],
    { littleEndian },
  );
  return buildElf({
    littleEndian,
    sections: [
      { name: section, flags: 6, bytes: code.bytes() },
      { name: '.BTF', bytes: btf.build() },
      { name: '.BTF.ext', bytes: spec.damage ? spec.damage(ext.bytes()) : ext.bytes() },
      { name: '.symtab', type: 2, link: 5, info: 1, entSize: 24, bytes: symbols.symtab },
      { name: '.strtab', type: 3, bytes: symbols.strtab },
    ],
  });
}

/** A parsed object. */
export function makeObject(spec: ObjectSpec): BpfObject {
  return parseBpfObject(objectBytes(spec), { name: 'x.bpf.o' });
}

/** A parsed target. */
export function makeTarget(types: (btf: BtfBytes) => void, littleEndian = true): Btf {
  const btf = new BtfBytes({ littleEndian });
  types(btf);
  return parseBtf(btf.build());
}

/** The answer to one record of one kind about the root types that two functions build. */
export function answer(
  local: (btf: BtfBytes) => number,
  target: (btf: BtfBytes) => void,
  kind: number,
  access = '0',
  { littleEndian = true, rules = 'independent' as Rules } = {},
): Resolution {
  const object = makeObject({ littleEndian, types: (btf) => [{ type: local(btf), access, kind }] });
  return resolveObject(object, makeTarget(target, littleEndian), { rules })[0] as Resolution;
}
