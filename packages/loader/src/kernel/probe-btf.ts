// The BTF that libbpf loads to see what a kernel knows: libbpf features.c probe_kern_btf*, libbpf__load_raw_btf.

/** BTF_KIND_*, as far as the probes use them. */
const Kind = {
  Int: 1,
  Ptr: 2,
  Func: 12,
  FuncProto: 13,
  Var: 14,
  Datasec: 15,
  Float: 16,
  DeclTag: 17,
  TypeTag: 18,
  Enum64: 19,
};

const info = (kind: number, vlen = 0) => (kind << 24) | vlen;
/** INT of 4 bytes, signed. */
const int = (name: number) => [name, info(Kind.Int), 4, (1 << 24) | 32];

/** Raw BTF of such types; strings begin after the empty one and are distinguished by NUL. */
function rawBtf(strings: string, words: readonly number[], layout: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(`\0${strings}\0`);
  const typeLength = words.length * 4;
  const layoutLength = layout.length * 4;
  const bytes = new Uint8Array(32 + typeLength + layoutLength + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  const header = [32, 0, typeLength, typeLength + layoutLength, text.length];
  if (layoutLength > 0) header.push(typeLength, layoutLength);
  for (const [i, value] of header.entries()) view.setUint32(4 + i * 4, value, true);
  for (const [i, value] of [...words, ...layout].entries()) view.setUint32(32 + i * 4, value, true);
  bytes.set(text, 32 + typeLength + layoutLength);
  return bytes;
}

const variableOfSection = (section: string) =>
  rawBtf(`x\0${section}`, [...int(0), ...[1, info(Kind.Var), 1, 0], ...[3, info(Kind.Datasec, 1), 4, 2, 0, 4]]);
const functionOfLinkage = (linkage: number) =>
  rawBtf('int\0x\0a', [...int(1), ...[0, info(Kind.FuncProto, 1), 0, 7, 1], ...[5, info(Kind.Func, linkage), 2]]);

/** By what they show that a kernel knows. */
export const PROBE_BTF = {
  btf: rawBtf('int', int(1)),
  func: functionOfLinkage(0),
  funcGlobal: functionOfLinkage(1),
  datasec: variableOfSection('.data'),
  qmarkDatasec: variableOfSection('?.data'),
  float: rawBtf('float', [1, info(Kind.Float), 4]),
  declTag: rawBtf('tag', [...int(0), ...[1, info(Kind.Var), 1, 0], ...[1, info(Kind.DeclTag), 2, -1]]),
  typeTag: rawBtf('tag', [...int(0), ...[1, info(Kind.TypeTag), 1], ...[0, info(Kind.Ptr), 2]]),
  enum64: rawBtf('enum64', [1, info(Kind.Enum64), 8]),
  layout: rawBtf('int', int(1), [0, 4]),
  /** `int a(void *a)` calls `int b(void *b __arg_ctx)`: FUNCs 4 and 6. */
  argCtx: rawBtf('a\0b\0arg:ctx\0', [
    ...int(1),
    ...[0, info(Kind.Ptr), 0],
    ...[0, info(Kind.FuncProto, 1), 1, 1, 2],
    ...[1, info(Kind.Func, 1), 3],
    ...[0, info(Kind.FuncProto, 1), 1, 3, 2],
    ...[3, info(Kind.Func, 1), 5],
    ...[5, info(Kind.DeclTag), 6, 0],
  ]),
} as const;
