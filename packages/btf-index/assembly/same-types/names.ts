// Names that several types have: which types are to be looked at again, since one of a name came or went.

import { at, count, FWD, has, kindOf, NAMED, names, pairs, wasCount, wasDiscriminators } from './state';

const CLASSED: u32 = NAMED & ~(1 << FWD);

/** Earlier types with a discriminator that have no pair: their numbers go to `out`, which has room for all. How many there are. */
export function gone(out: usize): i32 {
  let to = out;
  let next = 0;
  // pairs ascend
  for (let id = 1; id <= count; id++) {
    const pair = load<i32>(pairs + ((<usize>id) << 2));
    if (pair == 0) continue;
    for (; next < pair - 1; next++) {
      if (load<i32>(wasDiscriminators + ((<usize>next) << 2)) == 0) continue;
      store<i32>(to, next);
      to += 4;
    }
    next = pair;
  }
  for (; next < wasCount; next++) {
    if (load<i32>(wasDiscriminators + ((<usize>next) << 2)) == 0) continue;
    store<i32>(to, next);
    to += 4;
  }
  return <i32>((to - out) >> 2);
}

/** Ids of types whose name has one of these 16 lower bits: `some` has a byte for each. They go to `out`, which has room for all. */
export function namedLike(some: usize, out: usize): i32 {
  let to = out;
  for (let id = 1; id <= count; id++) {
    if (load<u8>(some + load<u16>(names + ((<usize>id) << 1))) == 0) continue;
    store<i32>(to, id);
    to += 4;
  }
  return <i32>((to - out) >> 2);
}

/** Ids of types without a pair that may share their name with others: to `out`. */
export function newNames(out: usize): i32 {
  let to = out;
  for (let id = 1; id <= count; id++) {
    if (load<i32>(pairs + ((<usize>id) << 2)) != 0) continue;
    const type = at(id - 1);
    if (load<u32>(type) == 0 || !has(CLASSED, kindOf(load<u32>(type, 4)))) continue;
    store<i32>(to, id);
    to += 4;
  }
  return <i32>((to - out) >> 2);
}
