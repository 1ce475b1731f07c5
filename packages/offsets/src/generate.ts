// A table as source text in a language, or as data.

import { generateC } from './languages/c.ts';
import { generateCsv, generateJson } from './languages/data.ts';
import { generateGo } from './languages/go.ts';
import type { GenerateOptions } from './languages/names.ts';
import { generatePython } from './languages/python.ts';
import { generateRust } from './languages/rust.ts';
import { generateTypeScript } from './languages/typescript.ts';
import { generateZig } from './languages/zig.ts';
import { inSeries, packTable } from './table/pack.ts';
import type { OffsetTable } from './table/offset-table.ts';

/** What a table can be written as; the words of `--lang`. */
export const TABLE_LANGUAGES = ['c', 'go', 'rust', 'ts', 'python', 'zig', 'json', 'csv'] as const;
/** One of `TABLE_LANGUAGES`. */
export type TableLanguage = (typeof TABLE_LANGUAGES)[number];

/**
 * A table in a language: source text that compiles by itself, with a lookup by distribution and release, typed answers
 * and a self-test; or JSON or CSV. The same table gives the same text.
 *
 * ```ts
 * const header = generateTable(table, 'c', { name: 'quark', madeFrom: ['quark.yaml'] });
 * ```
 */
export function generateTable(table: OffsetTable, language: TableLanguage, options: GenerateOptions = {}): string {
  const ordered = inSeries(table);
  switch (language) {
    case 'json':
      return generateJson(ordered, options);
    case 'csv':
      return generateCsv(ordered);
    case 'c':
      return generateC(ordered, packTable(ordered, { dense: true }), options);
    case 'go':
      return generateGo(ordered, packTable(ordered), options);
    case 'rust':
      return generateRust(packTable(ordered), options);
    case 'ts':
      return generateTypeScript(packTable(ordered), options);
    case 'python':
      return generatePython(packTable(ordered), options);
    case 'zig':
      return generateZig(packTable(withoutBuildIds(ordered)), options);
  }
}

/** Zig's tables have no lookup by build id yet. */
function withoutBuildIds(table: OffsetTable): OffsetTable {
  return { ...table, kernels: table.kernels.map(({ buildId: _, ...kernel }) => kernel) };
}
