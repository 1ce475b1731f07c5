// Random kernels: series of small BTFs that hold every kind, anonymous types anywhere, tags, and names that several
// types share. Each is a variation of the one before, so that there is something to compare.

import { BtfBytes, type MemberSpec } from './btf-bytes.ts';
import type { Random } from './random.ts';

interface PlannedMember {
  name: string;
  type: number;
  bits: number;
}

/** A type before its sizes and offsets are known. Refers to earlier ones only: real kernels bring the circles. */
interface Planned {
  what: string;
  name: string;
  type: number;
  /** Elements, the size of an int, the linkage: what the kind has a number for. */
  number: number;
  members: PlannedMember[];
}

/** A random kernel that `varyKernel` goes on from and `writeKernel` writes. Index 0 is void. */
export type RandomKernel = readonly Planned[];

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const TAGS = ['one', 'two', 'three', 'four', 'five', 'six'];
const PLANS = [
  ...['int', 'ptr', 'ptr', 'array', 'struct', 'struct', 'struct', 'struct', 'union', 'union', 'enum', 'enum64', 'fwd'],
  ...[
    'typedef',
    'typedef',
    'volatile',
    'const',
    'const',
    'restrict',
    'proto',
    'func',
    'var',
    'float',
    'declTag',
    'typeTag',
  ],
];

/** A kernel of about `count` types. */
export function randomKernel(random: Random, count: number): RandomKernel {
  const plan: Planned[] = [
    { what: 'void', name: '', type: 0, number: 0, members: [] },
    { what: 'int', name: 'long unsigned int', type: 0, number: 8, members: [] },
    { what: 'int', name: 'int', type: 0, number: 4, members: [] },
  ];
  while (plan.length < count) plan.push(randomType(random, plan, plan.length));
  return plan;
}

/** A copy in which some types are others, by a member, a type, a name or altogether. */
export function varyKernel(random: Random, kernel: RandomKernel): RandomKernel {
  const plan = kernel.map((one) => ({ ...one, members: one.members.map((member) => ({ ...member })) }));
  for (let n = 1 + random.below(4); n > 0; n--) {
    const id = 3 + random.below(plan.length - 3);
    const one = plan[id]!;
    switch (random.below(6)) {
      case 0:
        one.number = numberFor(random, one.what);
        break;
      case 1:
        // an enum has one enumerator at least: one that has neither these nor a name is nothing that C can say
        if (one.members.length > (one.what.startsWith('enum') ? 1 : 0)) {
          one.members.splice(random.below(one.members.length), 1);
        }
        break;
      case 2:
        if (one.what === 'struct') one.what = 'union';
        else if (one.what === 'union') one.what = 'struct';
        break;
      case 3:
        plan.push(randomType(random, plan, plan.length));
        break;
      case 4: {
        const again = randomType(random, plan, id, one.what);
        if (again.what === one.what) plan[id] = { ...again, name: one.name };
        break;
      }
      default:
        if (one.members.length > 0) random.pick(one.members).name = random.pick(NAMES);
    }
  }
  return plan;
}

function numberFor(random: Random, what: string): number {
  if (what === 'int' || what === 'enum64' || what === 'float') return random.pick([4, 8]);
  if (what === 'enum') return random.pick([1, 2, 4]);
  return random.below(what === 'func' || what === 'var' ? 2 : 4);
}

/** The type with number `id`: of the kind `what` where that is given and possible. */
function randomType(random: Random, plan: readonly Planned[], id: number, what = random.pick(PLANS)): Planned {
  const below = plan.slice(0, id);
  const number = numberFor(random, what);
  const pick = (fits: (one: Planned, at: number) => boolean): number => {
    const all = below.flatMap((one, at) => (at > 0 && fits(one, at) ? [at] : []));
    // recent types rather than old ones: chains of qualifiers and nests of anonymous types come of it
    return all.length === 0 ? 2 : random.below(2) === 0 ? random.pick(all) : random.pick(all.slice(-5));
  };
  const sized = (): number => pick((_, at) => isSized(below, at));
  const made = (rest: Partial<Planned>): Planned => ({ what, name: '', type: 0, number, members: [], ...rest });
  const tag = (): string => (random.below(2) === 0 ? '' : random.pick(TAGS));
  const pointable = (): number => {
    if (random.below(8) === 0) return 0;
    return pick(({ what: kind }) => !['func', 'var', 'declTag'].includes(kind));
  };
  switch (what) {
    case 'int':
    case 'float':
      return made({ name: `${random.pick(['u', 's', 'x'])}${number * 8}${what === 'float' ? 'f' : ''}` });
    case 'ptr':
      return made({ type: pointable() });
    case 'array':
      return made({ type: sized() });
    case 'struct':
    case 'union':
      return made({
        name: tag(),
        members: Array.from({ length: random.below(6) }, () => {
          const type = sized();
          const composite = isComposite(below, type);
          const unnamed = random.below(composite ? 2 : 12) === 0;
          const bits = isInt(below, type) && random.below(3) === 0 ? 1 + random.below(20) : 0;
          return { name: unnamed ? '' : random.pick(NAMES), type, bits };
        }),
      });
    case 'enum':
    case 'enum64':
      return made({
        name: tag(),
        members: Array.from({ length: 1 + random.below(3) }, () => ({
          name: `${random.pick(NAMES)}_${random.below(6)}`.toUpperCase(),
          type: random.bits(),
          bits: random.below(2),
        })),
      });
    case 'fwd':
      return made({ name: random.pick(TAGS) });
    case 'typedef':
      return made({ name: `${random.pick(TAGS)}${random.pick(['_t', ''])}`, type: pointable() });
    case 'typeTag':
      return made({ name: random.pick(['user', 'rcu', 'other']), type: pointable() });
    case 'volatile':
    case 'const':
    case 'restrict':
      return made({ type: pointable() });
    case 'proto':
      return made({
        type: pointable(),
        members: Array.from({ length: random.below(3) }, () => ({
          name: random.below(4) === 0 ? '' : random.pick(NAMES),
          type: random.below(3) === 0 ? pointable() || 2 : sized(),
          bits: 0,
        })),
      });
    case 'func': {
      const type = pick((one) => one.what === 'proto');
      if (below[type]!.what !== 'proto') return randomType(random, plan, id, 'proto');
      return made({ name: `do_${random.pick(TAGS)}`, type });
    }
    case 'var':
      return made({ name: `the_${random.pick(TAGS)}`, type: sized() });
    default: {
      const type = pick((one) => ['struct', 'union', 'var', 'func', 'typedef'].includes(one.what));
      if (type === 2) return randomType(random, plan, id, 'int');
      return made({ name: 'a tag', type });
    }
  }
}

const THROUGH = ['typedef', 'volatile', 'const', 'restrict', 'typeTag'];

function peel(plan: readonly Planned[], id: number): Planned {
  while (THROUGH.includes(plan[id]!.what)) id = plan[id]!.type;
  return plan[id]!;
}

function isSized(plan: readonly Planned[], id: number): boolean {
  const { what, type } = peel(plan, id);
  return what === 'array'
    ? isSized(plan, type)
    : ['int', 'ptr', 'struct', 'union', 'enum', 'enum64', 'float'].includes(what);
}

function isComposite(plan: readonly Planned[], id: number): boolean {
  return ['struct', 'union'].includes(peel(plan, id).what);
}

function isInt(plan: readonly Planned[], id: number): boolean {
  return peel(plan, id).what === 'int';
}

/** The BTF of a kernel: members laid out one after the other. */
export function writeKernel(kernel: RandomKernel, littleEndian = true): Uint8Array {
  const btf = new BtfBytes({ littleEndian });
  const sizes: number[] = [0];
  for (const { what, name, type, number, members } of kernel.slice(1)) {
    const own = sizes[type]!;
    switch (what) {
      case 'int':
        sizes.push(number);
        btf.int(name, number);
        break;
      case 'float':
        sizes.push(number);
        btf.float(name, number);
        break;
      case 'ptr':
        sizes.push(8);
        btf.ptr(type);
        break;
      case 'array':
        sizes.push(own * number);
        btf.array(type, 2, number);
        break;
      case 'struct':
      case 'union': {
        const [size, specs] = layOut(members, sizes, what === 'union');
        sizes.push(size);
        btf[what](name, size, specs);
        break;
      }
      case 'enum':
        sizes.push(number);
        // values of 32 bits, whatever the enum's size
        btf.type(
          6,
          name,
          number,
          members.flatMap((one) => [btf.string(one.name), one.type]),
          members.length,
          members[0]?.bits === 1,
        );
        break;
      case 'enum64':
        sizes.push(number);
        btf.type(
          19,
          name,
          number,
          members.flatMap((one) => [btf.string(one.name), one.type, ~one.type >>> 0]),
          members.length,
          members[0]?.bits === 1,
        );
        break;
      case 'fwd':
        sizes.push(0);
        btf.fwd(name, number % 2 === 1);
        break;
      case 'typedef':
        sizes.push(own);
        btf.typedef(name, type);
        break;
      case 'typeTag':
        sizes.push(own);
        btf.typeTag(name, type, number === 3);
        break;
      case 'volatile':
      case 'const':
      case 'restrict':
        sizes.push(own);
        btf[what](type);
        break;
      case 'proto':
        sizes.push(0);
        btf.funcProto(
          type,
          members.map((one) => [one.name, one.type] as const),
        );
        break;
      case 'func':
        sizes.push(0);
        btf.func(name, type, number);
        break;
      case 'var':
        sizes.push(0);
        btf.var(name, type, number);
        break;
      default:
        sizes.push(0);
        btf.declTag(name, type);
    }
  }
  return btf.build();
}

function layOut(members: readonly PlannedMember[], sizes: readonly number[], union: boolean): [number, MemberSpec[]] {
  const flagged = members.some(({ bits }) => bits > 0);
  let at = 0;
  let end = 0;
  const specs = members.map(({ name, type, bits }) => {
    const width = bits > 0 ? bits : sizes[type]! * 8;
    if (union) at = 0;
    else if (bits === 0) at = Math.ceil(at / 8) * 8;
    const spec = { name, type, offset: at, ...(flagged ? { bits } : {}) };
    at += width;
    end = Math.max(end, at);
    return spec;
  });
  return [Math.ceil(end / 8), specs];
}
