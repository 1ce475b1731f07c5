// Which of some things are alike: the unit of sharing answers. Kernels are split by one question after the other, and a question
// that all answer alike costs nothing.

/** A number for each thing, from 0 in the order in which they come; alike are those with the same number. */
export interface Partition {
  readonly of: Int32Array;
  readonly count: number;
}

/** All alike. */
export function undivided(size: number): Partition {
  return { of: new Int32Array(size), count: Math.min(size, 1) };
}

/** By what is said of each thing. */
export function partitionBy<T>(things: readonly T[], key: (thing: T, i: number) => unknown): Partition {
  const numbers = new Map<unknown, number>();
  const of = new Int32Array(things.length);
  things.forEach((thing, i) => {
    const own = key(thing, i);
    let number = numbers.get(own);
    if (number === undefined) numbers.set(own, (number = numbers.size));
    of[i] = number;
  });
  return { of, count: numbers.size };
}

/** So many pairs for each thing are numbered by a table. */
const SMALL = 16;

/** Alike in both. */
export function refine(a: Partition, b: Partition): Partition {
  if (b.count <= 1) return a;
  if (a.count <= 1) return b;
  const of = new Int32Array(a.of.length);
  const pairs = a.count * b.count;
  if (pairs <= SMALL * of.length) {
    const numbers = new Int32Array(pairs).fill(-1);
    let count = 0;
    for (let i = 0; i < of.length; i++) {
      const pair = a.of[i]! * b.count + b.of[i]!;
      if (numbers[pair] === -1) numbers[pair] = count++;
      of[i] = numbers[pair]!;
    }
    return { of, count };
  }
  const numbers = new Map<number, number>();
  for (let i = 0; i < of.length; i++) {
    const pair = a.of[i]! * b.count + b.of[i]!;
    let number = numbers.get(pair);
    if (number === undefined) numbers.set(pair, (number = numbers.size));
    of[i] = number;
  }
  return { of, count: numbers.size };
}

/** The same for things that stand for others: `at` says for each the thing of `partition`. */
export function spread(partition: Partition, at: Int32Array): Partition {
  if (partition.count <= 1) return undivided(at.length);
  const numbers = new Int32Array(partition.count).fill(-1);
  let count = 0;
  const of = new Int32Array(at.length);
  for (let i = 0; i < of.length; i++) {
    const number = partition.of[at[i]!]!;
    if (numbers[number] === -1) numbers[number] = count++;
    of[i] = numbers[number]!;
  }
  return { of, count };
}

/** Members of each class, ascending. */
export function classesOf({ of, count }: Partition): number[][] {
  const classes = Array.from({ length: count }, (): number[] => []);
  of.forEach((number, i) => void classes[number]?.push(i));
  return classes;
}

/** The first member of each class. */
export function firstOfClasses({ of, count }: Partition): number[] {
  const first: number[] = new Array<number>(count);
  for (let i = of.length - 1; i >= 0; i--) first[of[i]!] = i;
  return first;
}

/** By numbers, of which -1 is the least. */
export function renumbered(numbers: Int32Array): Partition {
  const most = numbers.reduce((all, each) => Math.max(all, each), -1);
  const own = new Int32Array(most + 2).fill(-1);
  let count = 0;
  const of = numbers.map((each) => {
    if (own[each + 1] === -1) own[each + 1] = count++;
    return own[each + 1]!;
  });
  return { of, count };
}
