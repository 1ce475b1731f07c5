// What several tests of this package need.

import { type Btf, type BtfHeader, parseBtf, parseHeader } from '@btfq/btf-format';
import { type BpfObject, parseBpfObject } from '@btfq/core-reloc';
import { BtfBytes, buildElf, ByteWriter, symbolTable } from '@btfq/test-kit';

/** A BTF's header and sections; the types as little-endian words, whatever the file's order. */
export function btfSectionsOf(bytes: Uint8Array): { header: BtfHeader; types: Uint8Array; strings: Uint8Array } {
  const header = parseHeader(bytes);
  const { typeOff, typeLen, strOff, strLen, littleEndian } = header;
  const types = new Uint8Array(bytes.subarray(typeOff, typeOff + typeLen));
  if (!littleEndian) for (let at = 0; at < types.length; at += 4) types.subarray(at, at + 4).reverse();
  return { header, types, strings: new Uint8Array(bytes.subarray(strOff, strOff + strLen)) };
}

/** One CO-RE relocation record of a hand-made object. */
export interface RecordSpec {
  readonly type: number;
  readonly kind: number;
  readonly access?: string;
}

/** A BPF object with one function, which has a `r1 = 0` for each record. */
export function makeObject(types: (btf: BtfBytes) => readonly RecordSpec[], name = 'made.bpf.o'): BpfObject {
  const section = 'raw_tp/x';
  const btf = new BtfBytes({ littleEndian: true });
  const records = types(btf);
  const words = records.flatMap(({ type, access = '0', kind }, i) => [i * 8, type, btf.string(access), kind]);
  const relos = [16, btf.string(section), records.length, ...words];
  const func = [8, btf.string(section), 1, 0, btf.nextId - 1];
  const line = [16, btf.string(section), 1, 0, btf.string('x.c'), btf.string('return p->x;'), (12 << 10) | 7];
  const ext = new ByteWriter(true)
    .u16(0xeb9f)
    .u8(1, 0)
    .u32(32, 0, func.length * 4, func.length * 4, line.length * 4);
  ext.u32((func.length + line.length) * 4, relos.length * 4, ...func, ...line, ...relos);
  const code = new ByteWriter(true);
  for (const _ of records) code.u8(0xb7, 1).u16(0).u32(0);
  const symbols = symbolTable([{ name: 'prog', type: 2, binding: 1, section: 1, size: code.length }], {
    littleEndian: true,
  });
  const bytes = buildElf({
    littleEndian: true,
    sections: [
      { name: section, flags: 6, bytes: code.bytes() },
      { name: '.BTF', bytes: btf.build() },
      { name: '.BTF.ext', bytes: ext.bytes() },
      { name: '.symtab', type: 2, link: 5, info: 1, entSize: 24, bytes: symbols.symtab },
      { name: '.strtab', type: 3, bytes: symbols.strtab },
    ],
  });
  return parseBpfObject(bytes, { name });
}

/** A target of hand-made types. */
export function makeTarget(types: (btf: BtfBytes) => void, options: { base?: Btf; littleEndian?: boolean } = {}): Btf {
  const { base, littleEndian = true } = options;
  const split = base === undefined ? {} : { firstId: base.typeCount, firstString: base.stringEnd };
  const btf = new BtfBytes({ littleEndian, ...split });
  types(btf);
  return parseBtf(btf.build(), { base });
}
