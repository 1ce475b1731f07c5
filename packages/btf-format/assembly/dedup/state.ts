// What the phases of deduplication share, in one memory: records, tables by type id, and at the end a part that each phase has to
// itself. libbpf btf.c: struct btf_dedup.

/** BTF_UNPROCESSED_ID and BTF_IN_PROGRESS_ID: no ids. */
export const UNPROCESSED: u32 = 0xffffffff;
export const IN_PROGRESS: u32 = 0xfffffffe;

/** BTF_KIND_*: as in src/kinds.ts, whose names a compiler of wasm cannot take from an object. */
export const INT: u32 = 1;
export const PTR: u32 = 2;
export const ARRAY: u32 = 3;
export const STRUCT: u32 = 4;
export const UNION: u32 = 5;
export const ENUM: u32 = 6;
export const FWD: u32 = 7;
export const TYPEDEF: u32 = 8;
export const VOLATILE: u32 = 9;
export const CONST: u32 = 10;
export const RESTRICT: u32 = 11;
export const FUNC: u32 = 12;
export const FUNC_PROTO: u32 = 13;
export const VAR: u32 = 14;
export const DATASEC: u32 = 15;
export const FLOAT: u32 = 16;
export const DECL_TAG: u32 = 17;
export const TYPE_TAG: u32 = 18;
export const ENUM64: u32 = 19;

/** What ended the work: the places of src/dedup/dedup.ts say it in words. */
export const UNSUPPORTED: u32 = 1;
export const CIRCLE: u32 = 2;
export const ENTANGLED: u32 = 3;
export const MISPLACED: u32 = 4;
export const REFERENCE_CIRCLE: u32 = 5;
export const NOT_CANONICAL: u32 = 6;
export const STRING_LIMIT: u32 = 7;
export const NO_MEMORY: u32 = 8;

/** What ended the work, and the type at which it did; for strings, how many bytes there would be. */
export let failure: u32 = 0;
export let failedAt: u32 = 0;

/** Addresses. All records, those of the own types are rewritten as the phases go; and by id where each begins, as a word's number. */
export let words: usize = 0;
export let starts: usize = 0;
/** By id, a byte each. */
export let kinds: usize = 0;
/** The canonical type that each type became, itself where it is canonical. Forward declarations chain on. */
export let map: usize = 0;
/** Lists of candidates: sixteen bytes an id, and eight a slot. */
export let entries: usize = 0;
export let slots: usize = 0;
export let slotCount: u32 = 0;
/**
 * The hypothesis of one comparison: for each canonical id the comparison that set it, and the candidate's id. What an earlier
 * one set does not count, so that nothing has to be cleared.
 */
export let hypotMap: usize = 0;
/** The canonical ids that this comparison set. */
export let hypotList: usize = 0;
/** For each candidate the canonical type that it was last found to differ from for good; 0: none. */
export let differs: usize = 0;
/** All strings, the base's first, with zeros behind them. */
export let strings: usize = 0;
/** By own string offset: the new offset plus one, 0 where it has none yet; and the offsets that got one, in their order. */
export let known: usize = 0;
export let order: usize = 0;
/** What a phase has to itself: grows. */
export let scratch: usize = 0;

export let typeCount: u32 = 0;
export let startId: u32 = 0;
export let stringEnd: u32 = 0;
export let startString: u32 = 0;

let free: usize = 0;

/** Places everything. The caller then writes words, starts and strings; `stringCount` 0: strings stay as they are. */
export function layOut(wordCount: u32, types: u32, firstOwn: u32, stringCount: u32, firstString: u32): void {
  failure = 0;
  typeCount = types;
  startId = firstOwn;
  stringEnd = stringCount;
  startString = firstString;
  slotCount = 16;
  while (slotCount < types) slotCount *= 2;
  free = 65536;
  words = place(<u64>wordCount * 4);
  starts = place((<u64>types + 1) * 4);
  kinds = place(types);
  map = place(<u64>types * 4);
  entries = place(<u64>types * 16);
  slots = place(<u64>slotCount * 8);
  hypotMap = place(<u64>types * 8);
  hypotList = place(<u64>types * 4);
  differs = place(<u64>types * 4);
  strings = place(<u64>stringCount + 16);
  const own = stringCount - min(firstString, stringCount);
  known = place(<u64>own * 4);
  order = place(<u64>own * 4);
  scratch = free;
  reach(scratch);
  memory.fill(slots, 0, <usize>slotCount * 8);
  memory.fill(hypotMap, 0, <usize>types * 8);
  memory.fill(differs, 0, <usize>types * 4);
  memory.fill(strings + stringCount, 0, 16);
  memory.fill(known, 0, <usize>own * 4);
}

function place(bytes: u64): usize {
  const at = free;
  const end = (<u64>at + bytes + 15) & ~15;
  if (end > 0xf0000000) fail(NO_MEMORY, 0);
  free = <usize>end;
  return at;
}

/** Makes room for a number of bytes from `scratch` on. */
export function room(bytes: u64): void {
  if (<u64>scratch + bytes > 0xf0000000) fail(NO_MEMORY, 0);
  reach(scratch + <usize>bytes);
}

/** Keeps what stands at `scratch` from later phases. */
export function keep(end: usize): void {
  scratch = (end + 15) & ~15;
}

function reach(end: usize): void {
  const missing = <i32>((end + 0xffff) >>> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) fail(NO_MEMORY, 0);
}

/** Ends the work. */
export function fail(what: u32, at: u32): void {
  failure = what;
  failedAt = at;
  unreachable();
}

/** The kinds by id; what cannot be deduplicated is refused. Void, the base, VAR and DATASEC stand for themselves from the start. */
export function prepare(): void {
  for (let id: u32 = 0; id < typeCount; id++) {
    const kind = (load<u32>(recordOf(id), 4) >>> 24) & 0x7f;
    if (id > 0 && (kind == 0 || kind > ENUM64)) fail(UNSUPPORTED, id);
    store<u8>(kinds + id, kind);
    setCanonical(id, id < startId || kind == VAR || kind == DATASEC ? id : UNPROCESSED);
  }
}

/** The address of a type's record. */
export function recordOf(id: u32): usize {
  return words + ((<usize>load<u32>(starts + ((<usize>id) << 2))) << 2);
}

export function kindOf(id: u32): u32 {
  return load<u8>(kinds + id);
}

export function vlenOf(record: usize): u32 {
  return load<u32>(record, 4) & 0xffffff;
}

export function canonicalOf(id: u32): u32 {
  return load<u32>(map + ((<usize>id) << 2));
}

export function setCanonical(id: u32, to: u32): void {
  store<u32>(map + ((<usize>id) << 2), to);
}

/** is_type_mapped. */
export function isMapped(id: u32): bool {
  return canonicalOf(id) < IN_PROGRESS;
}

/** resolve_type_id: the canonical type, through forward declarations that have one; the id itself where unknown. */
export function resolveId(id: u32): u32 {
  for (let left = typeCount + 1; left > 0; left--) {
    const to = canonicalOf(id);
    if (to == id || to >= IN_PROGRESS) return id;
    id = to;
  }
  fail(CIRCLE, id);
  return id;
}
