// Every reader of bytes that btfq does not trust, with inputs that are whole and the errors that it may end in.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { btfSections, checkBtf, convertBtf, loadBtf, parseBtf } from '@btfq/btf-format';
import { openIndex, readOffsetsSpec, verifyIndex } from '@btfq/btf-index';
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
  seededRandom,
} from '@btfq/test-kit';
import { tryBtf, tryExt } from '../../packages/btf-format/test/mutation-run.ts';
import { createAnswerer } from '../../packages/graphql/src/server/questions/answer.ts';
import { defaultLimits } from '../../packages/graphql/src/schema/limits.ts';
import { mutationSeeds } from '../../packages/kernel-source/test/mutation-run.ts';
import { JSON_SPEC, SPEC_WORDS } from '../../packages/btf-index/test/spec-words.ts';
import { add, answers } from '../small-answers.ts';

/** A reader as the fuzzer sees it. */
export interface Reader {
  readonly name: string;
  /** Undamaged inputs. */
  readonly seeds: readonly Uint8Array[];
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
    errors: ['BtfError'],
    read: (bytes) => tryBtf(bytes, undefined, seededRandom(bytes.length)),
  }),
  split: () => {
    const base = parseBtf(fixtureTarget('kinds-same'));
    const own = convertBtf(loadBtf(fixtureObject('kinds'), {}));
    return {
      name: 'split',
      seeds: [own, ...small(fixtureTargets().map(fixtureTarget), 600)],
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
  container: () => ({
    name: 'container',
    seeds: small([...mutationSeeds()], 40_000),
    errors: ['KernelSourceError'],
    read: (bytes) => loadTargetBytes(bytes, { maxBytes: 1 << 20, path: 'input' }),
  }),
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
    seeds: ['process-sensor', 'packet-filter']
      .map((name) =>
        text(readFileSync(new URL(`../../docs/examples/${name}.yaml`, import.meta.url), 'utf8').slice(0, 1500)),
      )
      .concat(text(JSON_SPEC)),
    words: SPEC_WORDS,
    errors: ['OffsetsError'],
    read: (bytes) => readOffsetsSpec(new TextDecoder().decode(bytes)),
  }),
  graphql: graphqlReader,
};

/** The file of an index: opened, verified, and asked everything. */
function indexReader(): Reader {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-fuzz-'));
  const good = join(folder, 'good.db');
  const index = openIndex(good);
  for (const n of [0, 1]) add(index, n);
  index.close();
  const path = join(folder, 'input.db');
  return {
    name: 'index',
    seeds: [new Uint8Array(readFileSync(good))],
    errors: ['IndexError'],
    read(bytes) {
      for (const end of ['-wal', '-shm', '-journal']) rmSync(path + end, { force: true });
      writeFileSync(path, bytes);
      const opened = openIndex(path, { readonly: true });
      try {
        if (bytes.length % 2 === 0) answers(opened);
        else verifyIndex(opened);
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
