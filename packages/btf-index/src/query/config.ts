// What kernels' configurations say. A kernel whose configuration is not known is distinguished from one that lacks a symbol.

import type { ConfigAnswer, ConfigDifference, ConfigValue } from '../answer-types.ts';
import { textOfBytes } from '../bytes.ts';
import { CONFIG_SYMBOL, configOf } from '../store/config-rows.ts';
import { intersect, type Ranges, subtract, unite } from '../store/content-tree.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';

/**
 * A symbol over all kernels; `CONFIG_` may be left out. Values are as the file has them: `y`, `m`, `n` for `is not set`, a
 * number, a string in quotes.
 */
export function configSymbol(index: BtfIndex, symbol: string): ConfigAnswer {
  const rows = rowsOf(index);
  const catalog = index.catalog();
  const name = rows.name(symbolName(symbol));
  const declared = name === undefined ? [] : rows.declared(CONFIG_SYMBOL, name);
  rows.loadSets(declared.map(({ set }) => set));
  const known: Ranges = catalog.withConfig;
  const found: Ranges[] = [];
  const values: ConfigValue[] = [];
  for (const row of declared) {
    const ranges = intersect(rows.ranges(row.set), known);
    found.push(ranges);
    const kernelIds = catalog.kernelIdsIn(ranges);
    if (kernelIds.length > 0) values.push({ value: textOfBytes(row.body), kernelIds });
  }
  const everywhere: Ranges = catalog.tree.count > 0 ? [0, catalog.tree.count] : [];
  const first = (one: ConfigValue) => catalog.rank[one.kernelIds[0]!]!;
  return {
    symbol: symbolName(symbol),
    values: values.sort((a, b) => first(a) - first(b)),
    absentFrom: catalog.kernelIdsIn(subtract(known, found.length === 0 ? [] : unite(found))),
    unknownIn: catalog.kernelIdsIn(subtract(everywhere, known)),
  };
}

/** Symbols of any kernel that begin with `prefix`, in order; without `CONFIG_` where the prefix is. */
export function configSymbolNames(index: BtfIndex, prefix: string): string[] {
  // By the names that begin so: a scan of all declarations for those of this kind takes a second where there are modules.
  const rows = index
    .statement(
      `SELECT n.text FROM name n WHERE n.text >= 'CONFIG_' AND n.text < 'CONFIG\`'
         AND EXISTS (SELECT 1 FROM declaration d WHERE d.name = n.id AND d.kind = ${CONFIG_SYMBOL}) ORDER BY 1`,
    )
    .all() as [string][];
  const whole = prefix.startsWith('CONFIG') || prefix === '';
  return rows.map(([text]) => (whole ? text : text.slice('CONFIG_'.length))).filter((text) => text.startsWith(prefix));
}

function symbolName(symbol: string): string {
  return symbol.startsWith('CONFIG_') ? symbol : `CONFIG_${symbol}`;
}

/** A kernel's configuration, by symbol; undefined where it is not known. Throws `unknown-kernel`. */
export function kernelConfig(index: BtfIndex, kernelId: number): ReadonlyMap<string, string> | undefined {
  const catalog = index.catalog();
  const rank = catalog.rank[kernelId] ?? 0xffffffff;
  if (catalog.kernels[rank]?.config === null || catalog.kernels[rank] === undefined) return undefined;
  return configOf(index, catalog.contentOf[rank]!);
}

/** Symbols that differ between two kernels, in order; undefined where the configuration of either is not known. */
export function diffConfig(index: BtfIndex, fromId: number, toId: number): ConfigDifference[] | undefined {
  const from = kernelConfig(index, fromId);
  const to = kernelConfig(index, toId);
  if (from === undefined || to === undefined) return undefined;
  const symbols = [...new Set([...from.keys(), ...to.keys()])].sort();
  return symbols
    .map((symbol) => ({ symbol, from: from.get(symbol) ?? null, to: to.get(symbol) ?? null }))
    .filter((one) => one.from !== one.to);
}
