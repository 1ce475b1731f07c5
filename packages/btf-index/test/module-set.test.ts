// Sets of modules as they are stored: each comes back exactly, whole or one module alone, and what only stands in another
// order costs little. Damaged ones are refused.

import { type Btf, parseBtf } from '@btfq/btf-format';
import { BtfBytes, mutations, type Random, seededRandom } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { nodeCodec } from '../src/codec/node-codec.ts';
import { webCodec } from '../src/codec/web-codec.ts';
import { encodeModuleSet } from '../src/modules/encode-module-set.ts';
import { ModuleBase } from '../src/modules/module-base.ts';
import { decodeModuleSet, isRaw, type ModuleSet, NO_MODULES } from '../src/modules/module-set.ts';
import { decodeOrder, encodeOrder } from '../src/modules/order-runs.ts';
import { PortableReader } from '../src/modules/portable-module.ts';
import { prepareModules } from '../src/prepare/prepare.ts';
import { VarintReader, VarintWriter } from '../src/varints.ts';
import { preparedSet } from '../src/write/store-module-set.ts';

/** A kernel whose ids move with `n`; every type has a name of its own. */
function kernel(n: number): Btf {
  const btf = new BtfBytes({});
  for (let i = 0; i < n; i++) btf.int(`filler_${i}`, 4);
  btf.int('int', 4, 1);
  for (let i = 0; i < 20; i++) btf.struct(`kernel_${i}`, 8, [{ name: `member_${i}`, type: n + 1, offset: 0 }]);
  return parseBtf(btf.build());
}

/** What a module has, part by part: structs that speak of the kernel's and of each other, and functions. */
function module(base: Btf, name: string, parts: readonly number[], size: number): Uint8Array {
  const btf = new BtfBytes({ firstId: base.typeCount, firstString: base.stringEnd });
  const int = [...Array(base.typeCount).keys()].find((id) => id > 0 && base.name(id) === 'int') as number;
  const there = new Map<string, number>();
  const struct = (key: string, of: number): number => {
    const known = there.get(key);
    if (known !== undefined) return known;
    const id = btf.struct(`${name}_${key}`, size, [
      { name: `m_${key}`, type: btf.ptr(of), offset: 0 },
      { name: `n_${key}`, type: int + 1 + (key.length % 20), offset: 64 },
    ]);
    there.set(key, id);
    return id;
  };
  for (const part of parts) {
    const shared = struct('shared', int);
    const own = struct(`part_${part}`, shared);
    struct(`both_${part % 3}`, own);
    btf.func(`${name}_function_${part}`, btf.funcProto(int, [['argument', btf.ptr(own)]]));
  }
  return btf.build();
}

function shuffled(random: Random, count: number): number[] {
  const left = [...Array(count).keys()];
  return left.map(() => left.splice(random.below(left.length), 1)[0]!);
}

interface Made {
  readonly base: ModuleBase;
  readonly modules: { readonly name: string; readonly btf: Uint8Array; readonly base?: Uint8Array }[];
  readonly set: ModuleSet;
}

function made(n: number, random: Random): Made {
  const base = kernel(n);
  const modules: { name: string; btf: Uint8Array; base?: Uint8Array }[] = [];
  for (let i = n === 2 ? 1 : 0; i < 12; i++) {
    const size = n === 3 && i === 4 ? 32 : 16;
    modules.push({ name: `module_${i}`, btf: module(base, `module_${i}`, shuffled(random, 1 + i), size) });
  }
  const odd = new BtfBytes({ firstId: base.typeCount, firstString: base.stringEnd });
  odd.struct('kernel_1', 4, []); // a string that the kernel has too
  modules.push({ name: 'doubled', btf: odd.build() });
  const trailing = new Uint8Array([...(modules[1] as { btf: Uint8Array }).btf, 1, 2, 3]);
  modules.push({ name: 'trailing', btf: trailing });
  modules.push({ name: 'empty', btf: new BtfBytes({ firstId: base.typeCount, firstString: base.stringEnd }).build() });
  const own = new BtfBytes({});
  own.int('int', 4);
  const over = new BtfBytes({ firstId: 2, firstString: 5 });
  over.struct(`over_${n}`, 4, [{ name: 'x', type: 1, offset: 0 }]);
  modules.push({ name: 'with_base', btf: over.build(), base: own.build() });
  const prepared = prepareModules(base, modules);
  return { base: new ModuleBase(base), modules, set: preparedSet(prepared) };
}

function expectModules({ base, modules }: Made, set: ModuleSet): void {
  const reader = new PortableReader(base, set.tables);
  expect([...set.modules.keys()]).toEqual(modules.map(({ name }) => name).sort());
  for (const { name, btf, base: own } of modules) {
    const found = set.modules.get(name);
    if (found === undefined) throw new Error(name);
    expect(isRaw(found), name).toBe(own !== undefined);
    const bytes = isRaw(found) ? found.btf : reader.read(found);
    expect(Buffer.compare(bytes, btf), name).toBe(0);
    if (isRaw(found) && own !== undefined) expect(Buffer.compare(found.base as Uint8Array, own)).toBe(0);
  }
}

describe('a chain of sets', () => {
  const random = seededRandom(24);
  const all = [0, 1, 2, 3, 4].map((n) => made(n, random));
  const chain: { parts: readonly Uint8Array[]; set: ModuleSet; bytes: number }[] = [];
  for (const { set } of all) chain.push(encodeModuleSet(chain.at(-1)?.set ?? NO_MODULES, set));

  it.each([
    ['Node', nodeCodec],
    ['a browser', webCodec],
  ])('gives every module back, as %s reads it', (_, codec) => {
    let set = NO_MODULES;
    chain.forEach(({ parts }, n) => {
      set = decodeModuleSet(set, { part: (number) => parts[number] as Uint8Array }, codec);
      expectModules(all[n] as Made, set);
    });
  });

  it('gives one module without the others', () => {
    for (const wanted of ['module_7', 'doubled', 'with_base', 'trailing']) {
      let set = NO_MODULES;
      chain.forEach(({ parts }, n) => {
        set = decodeModuleSet(set, { part: (number) => parts[number] as Uint8Array }, nodeCodec, wanted);
        const { base, modules } = all[n] as Made;
        const found = set.modules.get(wanted);
        if (found === undefined) throw new Error(wanted);
        const bytes = isRaw(found) ? found.btf : new PortableReader(base, set.tables).read(found);
        expect(Buffer.compare(bytes, modules.find(({ name }) => name === wanted)?.btf as Uint8Array)).toBe(0);
      });
    }
  });

  it('costs a directory where nothing changed', () => {
    const { parts, bytes } = encodeModuleSet(chain[0]?.set as ModuleSet, all[0]?.set as ModuleSet);
    expect(parts.length).toBe(1);
    expect(bytes).toBeLessThan(40);
  });

  it('is refused where it is damaged', () => {
    const { parts } = chain[1] as { parts: readonly Uint8Array[] };
    const base = chain[0]?.set as ModuleSet;
    const plain = parts.map((part) => nodeCodec.unzstd(part, 1 << 24));
    const codec = { ...nodeCodec, unzstd: (data: Uint8Array) => data };
    for (let part = 0; part < plain.length; part++) {
      for (const bytes of mutations(plain[part] as Uint8Array, { count: 400, seed: part + 1 })) {
        try {
          decodeModuleSet(base, { part: (number) => (number === part ? bytes : (plain[number] as Uint8Array)) }, codec);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }
  });
});

describe('an order told from another', () => {
  const roundTrip = (sequence: readonly number[], count: number): [number[], number] => {
    const [begins, lengths] = [new VarintWriter(), new VarintWriter()];
    encodeOrder(Int32Array.from(sequence), count, begins, lengths);
    const back = decodeOrder(count, new VarintReader(begins.view()), new VarintReader(lengths.view()));
    return [[...back], begins.length + lengths.length];
  };

  it.each([
    ['nothing', [], 0, 0],
    ['all as it was', [0, 1, 2, 3], 4, 2],
    ['two parts changed', [2, 3, 4, 0, 1], 5, 4],
    ['one taken out of a part that comes later', [4, 1, 5, 6, 0, 2, 3], 7, 8],
    ['new ones between', [0, -1, -1, 1, 2], 3, 6],
    ['some gone', [3, 1], 4, 4],
  ])('%s', (_, sequence, count, bytes) => {
    expect(roundTrip(sequence, count)).toEqual([sequence, bytes]);
  });

  it('is exact for any', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 300; i++) {
      const count = random.below(40);
      const sequence = shuffled(random, count).filter(() => random.below(4) > 0);
      for (let more = random.below(5); more > 0; more--) sequence.splice(random.below(sequence.length + 1), 0, -1);
      expect(roundTrip(sequence, count)[0]).toEqual(sequence);
    }
  });

  it.each([
    ['an item twice', [4, 1, 5, 1], 2],
    ['an item that is not there', [1, 3], 2],
    ['a run of none', [1, 0], 2],
    ['a length that is missing', [1], 2],
  ])('refuses %s', (_, numbers, count) => {
    const input = new VarintReader(Uint8Array.from(numbers));
    expect(() => decodeOrder(count, input, input)).toThrow(RangeError);
  });
});
