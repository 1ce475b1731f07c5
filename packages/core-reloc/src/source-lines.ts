// The source line of an instruction, from .BTF.ext line_info: the record of its function at or before it.

import { type LineInfo, lineInfos } from '@btfq/btf-format';
import type { BpfObject } from './bpf-object.ts';
import type { CoreRelocation } from './relocation-records.ts';

/** A place in the source, as the compiler saw it. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  /** From 1; 0 where the compiler gave none. */
  readonly column: number;
  /** The line itself, as the compiler stored it; often ''. */
  readonly text: string;
}

const known = new WeakMap<BpfObject, ReadonlyMap<string, readonly LineInfo[]>>();

/** Where in the source a relocation, or any other instruction, comes from; undefined where there is no line information for it. */
export function sourceLine(
  object: BpfObject,
  relocation: Pick<CoreRelocation, 'insnOff' | 'section' | 'program'>,
): SourceLine | undefined {
  const { insnOff, section, program } = relocation;
  const records = linesBySection(object).get(section);
  if (records === undefined) return undefined;
  const first = program?.offset ?? 0;
  let found: LineInfo | undefined;
  for (const record of records) {
    if (record.insnOff > insnOff || record.insnOff < first) continue;
    if (found === undefined || record.insnOff >= found.insnOff) found = record;
  }
  if (found === undefined) return undefined;
  const text = (offset: number) => (offset < object.btf.stringEnd ? object.btf.string(offset) : '');
  return { file: text(found.fileNameOff), line: found.line, column: found.column, text: text(found.lineOff).trim() };
}

function linesBySection(object: BpfObject): ReadonlyMap<string, readonly LineInfo[]> {
  const found = known.get(object);
  if (found !== undefined) return found;
  const { btf, ext } = object;
  const lines = new Map<string, readonly LineInfo[]>();
  for (const group of ext?.lineInfo.sections ?? []) {
    if (ext === undefined || group.secNameOff >= btf.stringEnd) continue;
    const name = btf.string(group.secNameOff);
    lines.set(name, [...(lines.get(name) ?? []), ...lineInfos(ext, group)]);
  }
  known.set(object, lines);
  return lines;
}
