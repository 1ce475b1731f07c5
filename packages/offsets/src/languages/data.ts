// A table as data: JSON with rows once, and CSV with one line for each kernel and entry.

import { buildRows, type Cell, type OffsetTable, tableKernelName } from '../table/offset-table.ts';
import type { SpecEntry } from '../spec/spec.ts';
import type { GenerateOptions } from './names.ts';

/** JSON: `rows[kernels[name]][entry]` is an answer, or null for what the kernel lacks; `buildIds[id]` is a row too. */
export function generateJson(table: OffsetTable, options: GenerateOptions): string {
  const { spec, kernels, rowOf, rows } = table;
  const named = rows.map((row) =>
    Object.fromEntries(spec.entries.map((entry, e) => [entry.name, jsonCell(entry, row[e] ?? null)])),
  );
  const builds = buildRows(table);
  const value = {
    madeFrom: options.madeFrom ?? [],
    entries: spec.entries.map(({ name, kind, alternatives, optional, description }) => ({
      name,
      kind,
      paths: alternatives.map(({ text }) => text),
      optional,
      ...(description === undefined ? {} : { description }),
    })),
    kernels: Object.fromEntries(kernels.map((kernel, i) => [tableKernelName(kernel), rowOf[i]])),
    ...(builds.length === 0 ? {} : { buildIds: Object.fromEntries(builds) }),
    rows: named,
  };
  return `${JSON.stringify(value, null, 1)}\n`;
}

function jsonCell(entry: SpecEntry, cell: Cell | null): object | null {
  if (cell === null) return null;
  const { kind: _, alternative, ...facts } = cell;
  const path = entry.alternatives[alternative]?.text;
  if (cell.kind !== 'number') return { alternative: alternative + 1, path, ...facts };
  const value = Number.isSafeInteger(Number(cell.value)) ? Number(cell.value) : String(cell.value);
  return { alternative: alternative + 1, path, value };
}

const COLUMNS = 'distro,version,arch,release,entry,alternative,path,offsets,size,bit_offset,bit_size,value,type';

/** CSV; offsets of a path through pointers are joined by spaces. Empty columns for what does not apply. */
export function generateCsv({ spec, kernels, rowOf, rows }: OffsetTable): string {
  const lines = rows.map((row) =>
    spec.entries.map((entry, e) => [entry.name, ...csvCell(entry, row[e] ?? null)].map(csvWord).join(',')),
  );
  return `${COLUMNS}\n${kernels
    .flatMap(({ distro, version, arch, release }, i) => {
      const kernel = [distro, version, arch, release].map(csvWord).join(',');
      return (lines[rowOf[i]!] as string[]).map((line) => `${kernel},${line}\n`);
    })
    .join('')}`;
}

function csvCell(entry: SpecEntry, cell: Cell | null): (string | number | bigint | null)[] {
  if (cell === null) return ['', '', '', '', '', '', '', ''];
  const head = [cell.alternative + 1, entry.alternatives[cell.alternative]?.text ?? ''];
  switch (cell.kind) {
    case 'field':
      return [
        ...head,
        cell.offsets.join(' '),
        cell.size,
        cell.bitSize === null ? '' : cell.bitOffset,
        cell.bitSize,
        '',
        cell.type,
      ];
    case 'number':
      return [...head, '', '', '', '', cell.value, ''];
    case 'function':
      return [...head, '', '', '', '', cell.parameters, cell.signature];
  }
}

function csvWord(value: string | number | bigint | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
