// Random types, random relocations: a canonical BTF is always proven, and nothing ever throws.

import { parseBtf } from '@btfq/btf-format';
import { oracleLines } from '@btfq/core-reloc';
import { minimize } from '@btfq/minimizer';
import { type BtfBytes, type Random, seededRandom } from '@btfq/test-kit';
import { expect, test } from 'vitest';
import { makeObject, makeTarget } from './kit.ts';

const ACCESSES = ['0', '0:0', '0:1', '0:0:0', '0:0:1', '0:1:0', '0:2', '1:0', '0:0:0:0'];

/** A few named types of few member names, so that local and target types often have something to do with each other. */
class RandomTypes {
  private readonly btf: BtfBytes;
  private readonly random: Random;
  private readonly local: boolean;

  constructor(btf: BtfBytes, random: Random, local: boolean) {
    this.btf = btf;
    this.random = random;
    this.local = local;
  }

  /** The ids of types that relocations may begin at. */
  build(): number[] {
    const { btf, random } = this;
    const ids: number[] = [];
    for (const name of ['s', 't', 'u']) {
      const times = this.local ? 1 : random.below(8) === 0 ? 0 : random.below(6) === 0 ? 2 : 1;
      const flavour = this.local && random.below(6) === 0 ? '___f' : '';
      for (let i = 0; i < times; i++) ids.push(this.composite(0, name + flavour));
    }
    ids.push(btf.typedef('ty', this.type(1)));
    ids.push(btf.enum('en', { P: random.below(5), Q: 7 - random.below(9) }, 4, true));
    if (random.below(2) === 0) ids.push(btf.enum64('ew', { P: BigInt(random.below(9)) << 33n }));
    return ids;
  }

  private type(depth: number): number {
    const { btf, random } = this;
    const choice = random.below(12);
    if (choice < 7 || depth > 2) {
      return random.pick([
        () => btf.int('int', 4, 1),
        () => btf.int('u64', 8),
        () => btf.int('u16', 2),
        () => btf.ptr(0),
        () => btf.enum('e', { X: 1, Y: 2 }),
        () => btf.enum('', { Z: 1 }),
        () => btf.float('f', 8),
      ])();
    }
    if (choice < 9) return btf.array(this.type(depth + 1), 0, random.below(4));
    if (choice === 9) return btf.typedef('td', this.type(depth + 1));
    return this.composite(depth + 1, random.below(3) === 0 ? '' : random.pick(['sx', 'tx', 'ux']));
  }

  private composite(depth: number, name: string): number {
    const { btf, random } = this;
    const union = random.below(4) === 0;
    const members: { name?: string; type: number; offset: number; bits?: number }[] = [];
    let offset = 0;
    for (const member of ['a', 'b', 'c', 'd'].slice(0, 1 + random.below(4))) {
      const type = random.below(6) === 0 && depth < 3 ? this.composite(depth + 1, '') : this.type(depth);
      members.push({
        ...(random.below(6) === 0 ? {} : { name: member }),
        ...(random.below(8) === 0 ? { bits: 1 + random.below(20) } : {}),
        type,
        offset: union ? 0 : offset,
      });
      offset += (random.below(3) + 1) * 32;
    }
    return union ? btf.union(name, 16, members) : btf.struct(name, 16 + offset / 8, members);
  }
}

test('2,000 of each', () => {
  let canonical = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const random = seededRandom(seed);
    const object = makeObject((btf) => {
      const ids = new RandomTypes(btf, random, true).build();
      return Array.from({ length: 12 }, () => {
        const kind = random.below(13);
        const access = kind <= 5 ? random.pick(ACCESSES) : kind === 10 || kind === 11 ? String(random.below(2)) : '0';
        return { type: random.pick(ids), kind, access };
      });
    });
    const target = makeTarget((btf) => void new RandomTypes(btf, random, false).build(), {
      littleEndian: random.below(5) !== 0,
    });
    minimize(target, [object]);
    const result = minimize(target, [object], { canonical: true });
    expect(result.mismatches, `seed ${seed}`).toEqual([]);
    if (result.form === 'canonical') canonical++;
    // the account of core-reloc, but for ids: paths, and TYPE_ID_TARGET
    const outcome = (btf: typeof target) =>
      oracleLines(object, btf).map((line, i) =>
        object.relocations[i]?.kind === 7
          ? ''
          : line.replace(/,"targType":\d+(,"path":\[.*?\](?=,"(insn|patchErr)))?/, ''),
      );
    if (target.littleEndian) expect(outcome(parseBtf(result.bytes)), `seed ${seed}`).toEqual(outcome(target));
  }
  expect(canonical).toBeGreaterThan(1500);
});
