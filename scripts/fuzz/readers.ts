// Every reader of bytes that btfq does not trust, with inputs that are whole and the errors that it may end in.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { btfSections, checkBtf, convertBtf, loadBtf, parseBtf } from '@btfq/btf-format';
import {
  type BtfIndex,
  declarations,
  exportBtf,
  field,
  stats,
  kernels,
  openIndex,
  readOffsetsSpec,
  search,
  verifyIndex,
} from '@btfq/btf-index';
import { parseBpfObject, relocateObject } from '@btfq/core-reloc';
import { bytesSource, encodeBtf } from '@btfq/dwarf';
import { parseElf } from '@btfq/elf';
import { loadTargetBytes } from '@btfq/kernel-source';
import { openObject } from '@btfq/loader';
import {
  fixtureBytes,
  fixtureObject,
  fixtureObjects,
  fixtureTarget,
  fixtureTargets,
  mutate,
  type Random,
  seededRandom,
} from '@btfq/test-kit';
import { damage, tryBtf, tryExt } from '../../packages/btf-format/test/mutation-run.ts';
import { createAnswerer } from '../../packages/graphql/src/server/questions/answer.ts';
import { defaultLimits } from '../../packages/graphql/src/schema/limits.ts';
import {
  mutate as damageContainer,
  mutationSeeds,
  type SeedKind,
} from '../../packages/kernel-source/test/mutation-run.ts';
import { JSON_SPEC, SPEC_WORDS } from '../../packages/btf-index/test/spec-words.ts';
import { add, answers } from '../small-answers.ts';

/** A reader as the fuzzer sees it. */
export interface Reader {
  readonly name: string;
  /** Undamaged inputs. */
  readonly seeds: readonly Uint8Array[];
  /** How bytes are damaged, where numbers anywhere would not get far. */
  readonly damage?: (bytes: Uint8Array, random: Random) => Uint8Array;
  /** Text is changed by words, bytes by numbers. */
  readonly words?: readonly string[];
  /** Names of the errors that are right for damaged input. */
  readonly errors: readonly string[];
  /** Reads all of an input. Throws one of `errors`, or else there is a fault. */
  readonly read: (bytes: Uint8Array) => unknown;
  readonly close?: () => void;
}

const small = (all: readonly Uint8Array[], most = 6000) => all.filter(({ length }) => length <= most);
const text = (value: string) => new TextEncoder().encode(value);

/** Readers by name; made when they are asked for, since some need files. */
export const READERS: Readonly<Record<string, () => Reader>> = {
  elf: () => ({
    name: 'elf',
    seeds: small(fixtureObjects().map(fixtureObject)),
    errors: ['ElfError'],
    read(bytes) {
      const elf = parseElf(bytes);
      const sections = elf.sections.map((section) => [
        section.name,
        elf.sectionBytes(section),
        elf.relocations(section),
      ]);
      return [sections, elf.symbols, elf.notes, elf.buildId, elf.groups, elf.segments];
    },
  }),
  btf: () => ({
    name: 'btf',
    seeds: small(fixtureTargets().map(fixtureTarget)),
    damage: damageBtf,
    errors: ['BtfError'],
    read: (bytes) => tryBtf(bytes, undefined, seededRandom(bytes.length)),
  }),
  split: () => {
    const base = parseBtf(fixtureTarget('kinds-same'));
    const own = convertBtf(loadBtf(fixtureObject('kinds'), {}));
    return {
      name: 'split',
      seeds: [own, ...small(fixtureTargets().map(fixtureTarget), 600)],
      damage: damageBtf,
      errors: ['BtfError'],
      read(bytes) {
        checkBtf(bytes, { base });
        tryBtf(bytes, base, seededRandom(bytes.length));
      },
    };
  },
  'btf-ext': () => ({
    name: 'btf-ext',
    seeds: small(
      fixtureObjects().flatMap((name) => {
        const { ext } = btfSections(parseElf(fixtureObject(name)));
        return ext === undefined ? [] : [ext];
      }),
    ),
    errors: ['BtfError'],
    read: tryExt,
  }),
  object: () => {
    const target = parseBtf(fixtureTarget('kinds-same'));
    return {
      name: 'object',
      seeds: small(fixtureObjects().map(fixtureObject), 9000),
      errors: ['ElfError', 'BtfError', 'RelocationError', 'LoaderError'],
      read(bytes) {
        relocateObject(parseBpfObject(bytes, { malformedRecords: 'keep' }), { vmlinux: target, modules: [] });
        openObject(bytes);
      },
    };
  },
  compressed: () => container('compressed'),
  package: () => container('package'),
  archive: () => container('archive'),
  'file-system': () => container('file-system'),
  image: () => container('image'),
  dwarf: () => ({
    name: 'dwarf',
    seeds: small(
      ['gcc-4.elf', 'clang-5.elf', 'gcc-lto.elf', 'clang-s390x.elf'].map((name) => fixtureBytes(`dwarf/${name}`)),
      30_000,
    ),
    errors: ['DwarfError'],
    read: (bytes) => parseBtf(encodeBtf(bytesSource(bytes)).bytes),
  }),
  index: indexReader,
  spec: () => ({
    name: 'spec',
    seeds: [
      ...['process-sensor', 'packet-filter'].flatMap((name) => {
        const whole = readFileSync(new URL(`../../docs/examples/${name}.yaml`, import.meta.url), 'utf8');
        return [text(whole.slice(0, 400)), text(whole.slice(0, 1500))];
      }),
      text(JSON_SPEC),
    ],
    words: SPEC_WORDS,
    errors: ['OffsetsError'],
    read: (bytes) => readOffsetsSpec(new TextDecoder().decode(bytes)),
  }),
  graphql: graphqlReader,
};

/** Numbers in records, or anything where the header is not one. */
function damageBtf(bytes: Uint8Array, random: Random): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 24) return mutate(bytes, random);
  const littleEndian = bytes[0] === 0x9f;
  const [hdrLen, typeLen] = [view.getUint32(4, littleEndian), view.getUint32(12, littleEndian)];
  return damage({ bytes, isExt: typeLen < 16 || hdrLen + typeLen > bytes.length }, random);
}

/** What holds kernels, by kind: each format of it is among the seeds. */
function container(kind: SeedKind): Reader {
  return {
    name: kind,
    seeds: [...mutationSeeds(kind)],
    damage: damageContainer,
    errors: ['KernelSourceError'],
    read: (bytes) => loadTargetBytes(bytes, { maxBytes: 1 << 20, path: 'input' }),
  };
}

/** Some questions to a small index. */
const QUESTIONS: readonly ((index: BtfIndex, random: Random) => unknown)[] = [
  (index) => kernels(index).map(({ id }) => exportBtf(index, id)),
  (index, { below }) => declarations(index, 'struct', `struct_${below(40)}`),
  (index, { below }) => declarations(index, 'func', `function_${below(33)}`),
  (index, { below }) => field(index, 'struct', `struct_${below(40)}`, 'first'),
  (index) => search(index, 'struct', { limit: 3 }),
  (index) => stats(index),
];

/** The file of an index: opened, verified, and asked everything. */
function indexReader(): Reader {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-fuzz-'));
  const good = join(folder, 'good.db');
  const index = openIndex(good);
  for (const n of [0, 1]) add(index, n);
  index.close();
  const path = join(folder, 'input.db');
  let beside = false;
  return {
    name: 'index',
    seeds: [new Uint8Array(readFileSync(good))],
    damage: damageContainer,
    errors: ['IndexError'],
    read(bytes) {
      if (beside) for (const end of ['-wal', '-shm', '-journal']) rmSync(path + end, { force: true });
      beside = bytes[18] !== 1; // a file in write-ahead mode makes others beside it
      writeFileSync(path, bytes);
      const opened = openIndex(path, { readonly: true });
      try {
        // verify reads everything; questions are asked a few at a time, since all take longer than what they read
        let sum = bytes.length;
        for (let at = 0; at < bytes.length; at += 97) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
        const random = seededRandom(sum);
        if (random.below(3) === 0) verifyIndex(opened);
        else if (random.below(4) === 0) answers(opened);
        else for (let left = 4; left > 0; left--) random.pick(QUESTIONS)(opened, random);
      } finally {
        opened.close();
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** GraphQL documents, answered over a small index. What a client may be told is in the answer; nothing may be thrown. */
function graphqlReader(): Reader {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-fuzz-'));
  const path = join(folder, 'index.db');
  const writer = openIndex(path);
  for (const n of [0, 1, 2]) add(writer, n);
  writer.close();
  const index = openIndex(path, { readonly: true });
  const answerer = createAnswerer(defaultLimits, true, undefined);
  return {
    name: 'graphql',
    seeds: [
      '{ struct(name: "struct_1") { name layouts { size fields { name offset } } field(name: "first") { kernels { offset } } } }',
      'query ($a: String!) { kernels(first: 2, filter: {release: $a}) { nodes { id name release arch } totalCount pageInfo { hasNextPage endCursor } } }',
      '{ search(query: "struct", first: 3) { nodes { __typename } } stats { kernels names } }',
      '{ diff(from: "6.1.0", to: "6.1.1") { added removed changed entries { kind name change details } } }',
      'fragment F on Kernel { name identical { name } } { kernels { nodes { ...F } } }',
      '{ function(name: "function_3") { name kernels { name } } __type(name: "Kernel") { fields { name type { name } } } }',
    ].map(text),
    words: [
      '{',
      '}',
      '(',
      ')',
      ':',
      '$a',
      '!',
      '"',
      '"""',
      '...',
      '@skip(if: true)',
      'on Kernel',
      'first: 1',
      'after: "x"',
      'fragment G on Struct {',
      'query',
      'mutation',
      '[',
      ']',
      'null',
      '-1',
      '1e9',
      '\u0000',
      '\\u',
      '#',
      'kernels',
      'nodes',
      'layouts',
      'field(name: "first.second_0")',
    ],
    errors: [],
    async read(bytes) {
      const query = new TextDecoder().decode(bytes);
      const question = {
        kind: 'operation',
        query,
        variables: { a: '6.1*' },
        operationName: undefined,
        files: undefined,
        mayChange: false,
      } as const;
      const reply = await answerer
        .answer(index, question, { milliseconds: 5_000, stop: () => {} })
        .catch((error: Error & { extensions?: { code?: string } }) => {
          if (error.extensions?.code === undefined) throw error;
          return undefined;
        });
      if (reply?.kind === 'answer' && reply.defects.length > 0) throw new Error(reply.defects[0]);
    },
    close: () => {
      index.close();
      rmSync(folder, { recursive: true });
    },
  };
}
