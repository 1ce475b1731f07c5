// Random BTFs that libbpf takes and no compiler made: every kind, layouts that overlap or leave holes, names that are
// none in C, types that lead back to themselves. Made forwards, so that what is held by value comes first.
import { type Btf, BtfBuilder, BtfKind, parseBtf } from '@btfq/btf-format';
import { seededRandom } from '@btfq/test-kit';

const NAMES = ['a', 'b', 'c', 'int', 'core::fmt', 'x.y', '9lives', 'typeof', 'unix', 'true', 'bool', 'größe', 'd', 'e'];

/** One of as many types as `count` and some more. `hostile`: also what compilers never lay out. */
export function randomBtf(seed: number, count = 40, hostile = true): Btf {
  const random = seededRandom(seed);
  const builder = new BtfBuilder();
  const name = () => random.pick(NAMES);
  const sized: { id: number; size: number }[] = [];
  const any: number[] = [];
  const add = (id: number, size?: number) => {
    any.push(id);
    if (size !== undefined && size < 4096) sized.push({ id, size });
    return id;
  };
  for (const [text, size, encoding] of [
    ['char', 1, 1],
    ['unsigned char', 1, 0],
    ['short int', 2, 1],
    ['int', 4, 1],
    ['unsigned int', 4, 0],
    ['long unsigned int', 8, 0],
    ['_Bool', 1, 4],
    ['__int128', 16, 1],
  ] as const) {
    add(builder.addInt(text, size, encoding), size);
  }
  const ints = [...sized];
  add(builder.addFloat('double', 8), 8);
  add(builder.addFloat('long double', 16), 16);

  for (let i = 0; i < count; i++) {
    const of = random.pick(sized);
    switch (random.below(13)) {
      case 0:
        add(builder.addPtr(random.below(3) === 0 ? 0 : random.pick(any)), 8);
        break;
      case 1: {
        const nelems = random.below(5);
        add(builder.addArray(of.id, ints[3]!.id, nelems), of.size * nelems);
        break;
      }
      case 2:
        add(builder.addTypedef(name(), of.id), of.size);
        break;
      case 3:
        add(random.pick([builder.addConst, builder.addVolatile]).call(builder, of.id), of.size);
        break;
      case 4:
        add(builder.addTypeTag('tag', of.id), of.size);
        break;
      case 5: {
        const size = random.pick([1, 2, 4, 8]);
        const id = builder.addEnum(random.below(3) === 0 ? '' : name(), size);
        for (let n = random.below(4); n > 0; n--) builder.addEnumValue(name(), random.below(120));
        add(id, size);
        break;
      }
      case 6:
        add(builder.addFwd(name(), random.below(2) === 0));
        break;
      case 7: {
        const id = builder.addFuncProto(random.pick([0, of.id]));
        for (let n = random.below(3); n > 0; n--) builder.addFuncParam('', random.pick(any));
        if (random.below(4) === 0) builder.addFuncParam('', 0);
        add(id);
        break;
      }
      default:
        composite();
    }
  }
  // what was left open may now lead to anything, itself too
  return parseBtf(withLatePointers(builder.build()));

  /** Points some pointers to types that come after them. */
  function withLatePointers(bytes: Uint8Array): Uint8Array {
    const btf = parseBtf(bytes);
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    const targets = any.filter((id) => ![BtfKind.Func, BtfKind.Var].includes(btf.kind(id) as never));
    for (let id = 1; id < btf.typeCount; id++) {
      if (btf.kind(id) !== BtfKind.Ptr || random.below(2) === 0) continue;
      view.setUint32(btf.header.typeOff + btf.wordAt(id) * 4 + 8, random.pick(targets), btf.littleEndian);
    }
    return copy;
  }

  /** A struct or union; every other one as C would have it but for holes, the rest anyhow. */
  function composite(): void {
    const isUnion = random.below(3) === 0;
    const wild = hostile && random.below(2) === 0;
    const members: [string, number, number, number][] = [];
    let at = 0;
    let end = 0;
    for (let n = random.below(6); n > 0; n--) {
      const bits = random.below(3) === 0;
      const type = random.pick(bits ? ints.slice(1, 6) : sized);
      const width = bits ? 1 + random.below(type.size * 8) : 0;
      const step = bits && random.below(2) === 0 ? random.below(12) : 8 * random.below(9);
      let offset = isUnion ? 0 : wild && random.below(4) === 0 ? random.below(40) * 8 : at + step;
      if (!bits) offset = Math.ceil(offset / 8) * 8;
      at = offset + (width || type.size * 8);
      end = Math.max(end, at);
      members.push([random.below(4) === 0 ? '' : name(), type.id, offset, width]);
    }
    const size = Math.ceil(end / 8) + (random.below(2) === 0 ? 0 : random.below(9));
    const tag = random.below(3) === 0 ? '' : name();
    const id = isUnion ? builder.addUnion(tag, size) : builder.addStruct(tag, size);
    for (const [field, type, offset, width] of members) builder.addField(field, type, offset, width);
    add(id, size);
  }
}
