// The mutation run over this package: damaged BTF and .BTF.ext go through everything that reads them, and nothing but
// values and typed errors may come out. A short run belongs to the tests; `pnpm fuzz` runs it for long.
import {
  alignOf,
  type Btf,
  btfSections,
  checkBtf,
  convertBtf,
  convertBtfExt,
  coreRelos,
  declarationHash,
  decodeType,
  dedup,
  distillBase,
  dumpC,
  dumpJson,
  dumpRaw,
  findByName,
  findMember,
  formatType,
  funcInfos,
  idsByEssentialName,
  lineInfos,
  loadBtf,
  mapBtfExt,
  parseBtf,
  parseBtfExt,
  resolveSize,
  sanitize,
  structLayout,
} from '@btfq/btf-format';
import { parseElf } from '@btfq/elf';
import {
  fixtureObject,
  fixtureObjects,
  fixtureTarget,
  fixtureTargets,
  mutate,
  type Random,
  seededRandom,
} from '@btfq/test-kit';

/** An undamaged input. */
interface Origin {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isExt: boolean;
  /** Undefined but for split BTF. */
  readonly base?: Btf;
}

/** What became of a run. */
export interface MutationResult {
  readonly inputs: number;
  /** Inputs that were still valid. */
  readonly valid: number;
  /** How often each error code came. */
  readonly codes: Map<string, number>;
  /** The slowest input, in milliseconds. */
  readonly slowest: { readonly index: number; readonly milliseconds: number };
}

/** An input that broke the rule: something else than a typed error came out, or what came out contradicts itself. */
export class MutationFailure extends Error {
  override readonly name = 'MutationFailure';
}

function origins(): Origin[] {
  const all: Origin[] = fixtureTargets().map((name) => ({ name, bytes: fixtureTarget(name), isExt: false }));
  for (const name of fixtureObjects()) {
    const { btf, ext } = btfSections(parseElf(fixtureObject(name)));
    if (btf) all.push({ name, bytes: btf, isExt: false });
    if (ext) all.push({ name: `${name} .BTF.ext`, bytes: ext, isExt: true });
  }
  // split BTF over a small base, and with a layout section
  const base = parseBtf(fixtureTarget('kinds-same'));
  const module = loadBtf(fixtureObject('kinds'), {});
  all.push({ name: 'distilled', ...split(module, base) });
  all.push({ name: 'layout', bytes: convertBtf(base, { layout: true }), isExt: false });
  return all;
}

/** Another BTF's types as if they continued `base`: most references then lead into it. */
function split(own: Btf, base: Btf): { bytes: Uint8Array; isExt: boolean; base: Btf } {
  return { bytes: convertBtf(own), isExt: false, base };
}

/** Runs `count` inputs from `seed` on; input `i` of a seed is always the same. Throws `MutationFailure`. */
export function runMutations(seed: number, count: number, onInput?: (index: number) => void): MutationResult {
  const all = origins();
  const codes = new Map<string, number>();
  let valid = 0;
  let slowest = { index: -1, milliseconds: 0 };
  for (let index = 0; index < count; index++) {
    onInput?.(index);
    const random = seededRandom(Math.imul(seed, 0x9e3779b1) + index);
    const origin = random.pick(all);
    const bytes = damage(origin, random);
    const start = performance.now();
    try {
      if (origin.isExt) tryExt(bytes);
      else tryBtf(bytes, origin.base, random);
      valid++;
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string };
      if (name !== 'BtfError' || code === undefined) {
        throw new MutationFailure(`seed ${seed}, input ${index} (${origin.name}): ${error}`, { cause: error });
      }
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    const milliseconds = performance.now() - start;
    if (milliseconds > slowest.milliseconds) slowest = { index, milliseconds };
  }
  return { inputs: count, valid, codes, slowest };
}

/** Anywhere, or only numbers inside of records: those get past the parser and into what works with types. */
export function damage({ bytes, isExt }: Pick<Origin, 'bytes' | 'isExt'>, random: Random): Uint8Array {
  if (isExt || random.below(3) === 0) return mutate(bytes, random);
  const damaged = Uint8Array.from(bytes);
  const view = new DataView(damaged.buffer);
  const littleEndian = damaged[0] === 0x9f;
  const [hdrLen, typeLen] = [view.getUint32(4, littleEndian), view.getUint32(12, littleEndian)];
  for (let left = 1 + random.below(6); left > 0; left--) {
    const at = hdrLen + 4 * random.below(typeLen / 4);
    const other = hdrLen + 4 * random.below(typeLen / 4);
    const word = view.getUint32(at, littleEndian);
    const replacements = [
      () => random.below(typeLen / 16),
      () => view.getUint32(other, littleEndian),
      () => word ^ (1 << random.below(32)),
      () => (word & 0x80ffffff) | (random.below(24) << 24),
    ];
    view.setUint32(at, random.pick(replacements)() >>> 0, littleEndian);
  }
  return damaged;
}

export function tryBtf(bytes: Uint8Array, base: Btf | undefined, random: Random): void {
  const problems = checkBtf(bytes, { base, kernel: true });
  const btf = parseBtf(bytes, { base });
  if (problems.some(({ level }) => level === 'libbpf')) throw new MutationFailure('checked and parsed differently');
  const id = btf.startId + random.below(btf.typeCount - btf.startId);
  readAll(btf);
  const actions = [
    () => checkAgain(btf),
    () => readSome((sink) => dumpRaw(btf, sink)),
    () => readSome((sink) => dumpJson(btf, sink, { pretty: random.below(2) === 0 })),
    () => readSome((sink) => dumpC(btf, sink)),
    () => dedup(btf),
    () => sanitize(btf, ['enum64', 'datasec', 'func', 'float', 'declTag', 'typeTag', 'layout']),
    () => (btf.base === undefined ? undefined : distillBase(btf)),
    () => declarationHash(btf, id),
    () => formatType(btf, id),
    () => structLayout(btf, id),
    () => findMember(btf, id, random.pick(['a', 'pid', 'a.b', 'x[3]', 'list.next'])),
    () => alignOf(btf, id),
  ];
  for (let left = 3; left > 0; left--) random.pick(actions)();
}

/** A struct may leave a gap of 2^31 bits, which bpftool pads line by line: whoever reads may stop it. */
const MAX_OUTPUT = 64 * 1024;
class EnoughOutput extends Error {}

function readSome(dump: (sink: (chunk: Uint8Array) => void) => void): void {
  let length = 0;
  try {
    dump((chunk) => {
      length += chunk.length;
      if (length > MAX_OUTPUT) throw new EnoughOutput();
    });
  } catch (error) {
    if (!(error instanceof EnoughOutput)) throw error;
  }
}

function readAll(btf: Btf): void {
  for (let id = btf.startId; id < btf.typeCount; id++) {
    decodeType(btf, id);
    resolveSize(btf, id);
  }
  findByName(btf, 'task_struct');
  findByName(btf, 'a');
  idsByEssentialName(btf, 'a');
}

/** What was written is what was read. */
function checkAgain(btf: Btf): void {
  const swapped = convertBtf(btf, { littleEndian: !btf.littleEndian });
  const back = convertBtf(parseBtf(swapped, { base: btf.base }), { littleEndian: btf.littleEndian });
  const same = back.length === btf.bytes.length && back.every((byte, i) => byte === btf.bytes[i]);
  if (!same) throw new MutationFailure('another byte order and back gave other bytes');
}

export function tryExt(bytes: Uint8Array): void {
  const ext = parseBtfExt(bytes);
  for (const section of ext.funcInfo.sections) funcInfos(ext, section);
  for (const section of ext.lineInfo.sections) lineInfos(ext, section);
  for (const section of ext.coreRelo.sections) coreRelos(ext, section);
  mapBtfExt(ext, { string: (offset) => offset + 1, typeId: (id) => id + 1 });
  parseBtfExt(convertBtfExt(ext, !ext.littleEndian));
}
