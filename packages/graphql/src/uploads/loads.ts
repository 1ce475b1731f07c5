// Whether the kernels of an index load and attach the programs of an object, for the schema's `BpfObject.loads`.

import { type BtfIndex, kernels, loadAnswers } from '@btfq/btf-index/read';
import {
  type LoaderName,
  LoadCheckError,
  type LoadReason,
  type RequirementOptions,
  requirementsOf,
} from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { filterOf } from '../schema/context.ts';
import type { KernelFilterInput } from '@btfq/btf-index/read';
import type { LoadQuestion, LoadReasonAnswer, LoadRowAnswer, ObjectFile } from './tasks.ts';

const LOADERS: readonly string[] = ['libbpf', 'cilium', 'aya'] satisfies LoaderName[];

/** Rows in the order of their first kernel. Throws LoadCheckError, LoaderError, ElfError, BtfError, IndexError. */
export function loadRows(
  index: BtfIndex,
  { name, bytes }: ObjectFile,
  where: KernelFilterInput,
  how: LoadQuestion,
): LoadRowAnswer[] {
  if (!LOADERS.includes(how.loader)) {
    throw new LoadCheckError(
      'no-such-loader',
      `the loader is one of ${LOADERS.join(', ')}, not '${how.loader}'`,
      how.loader,
    );
  }
  const requirements = requirementsOf(openObject(bytes, { path: name }), optionsOf(how));
  const [groups = []] = loadAnswers(index, [requirements], kernels(index, filterOf(where)), {
    loader: how.loader as LoaderName,
  });
  return groups.map(({ kernels: own, answers }) => ({
    kernelIds: own.map(({ id }) => id),
    programs: answers.map(({ program, section, verdict, reasons, attach }) => ({
      program,
      section,
      verdict,
      reasons: reasons.map(reasonAnswer),
      attach: { verdict: attach.verdict, reasons: attach.reasons.map(reasonAnswer) },
    })),
  }));
}

function reasonAnswer(reason: LoadReason): LoadReasonAnswer {
  const { file, line, column, found } = reason;
  return { ...reason, file: file ?? null, line: line ?? null, column: column ?? null, found: found ?? null };
}

function optionsOf({ set, attach, skip, maxEntries, all, loader }: LoadQuestion): RequirementOptions {
  return {
    set: new Map(set.map((text) => pair(text, wholeNumber))),
    attach: new Map(attach.map((text) => pair(text, String))),
    skip: new Set(skip),
    maxEntries: new Map(maxEntries.map((text) => pair(text, (value) => Number(wholeNumber(value))))),
    // cilium's loader knows no programs that are off
    all: all || loader === 'cilium',
  };
}

function pair<T>(text: string, read: (value: string) => T): [string, T] {
  const at = text.indexOf('=');
  if (at <= 0) throw new LoadCheckError('bad-setting', `'${text}' is not of the form NAME=VALUE`, text);
  return [text.slice(0, at), read(text.slice(at + 1))];
}

function wholeNumber(text: string): bigint {
  if (text === 'true' || text === 'false') return text === 'true' ? 1n : 0n;
  const digits = text.replace(/^-/, '');
  if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(digits))
    throw new LoadCheckError('bad-setting', `'${text}' is not a number`, text);
  return text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}
