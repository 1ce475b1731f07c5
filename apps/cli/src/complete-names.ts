// Names out of the index for a shell to offer.
import {
  type BtfIndex,
  configSymbolNames,
  declarations,
  kernels,
  moduleNames,
  openIndex,
  search,
} from '@btfq/btf-index';
import type { Io } from './io.ts';
import { indexPath } from './shared-flags.ts';

/** More than anyone reads after a Tab. */
const MOST_NAMES = 200;

/** Names for a place of the usage line (`STRUCT`, `NAME`, `FIELD`, `KERNEL`, `SYMBOL`, `MODULE`) that begin with `current`. */
export function namesFromIndex(
  what: string,
  args: readonly string[],
  current: string,
  db: string | undefined,
  io: Io,
): string[] {
  const index = openIndex(io.path(indexPath({ db }, io)), { readonly: true });
  try {
    if (what === 'KERNEL')
      return kernels(index).map((kernel) => (current.includes('/') ? kernel.name : kernel.release));
    if (what === 'MODULE') return ['vmlinux', ...moduleNames(index)];
    if (what === 'SYMBOL') return configSymbolNames(index, current).slice(0, MOST_NAMES);
    if (what === 'FIELD') return fieldNames(index, args.at(-1) ?? '', current);
    const kinds = what === 'STRUCT' ? (['struct', 'union'] as const) : undefined;
    const hits = search(index, current, { limit: MOST_NAMES, ...(kinds && { kinds }) });
    return hits.filter((hit) => hit.name.startsWith(current)).map((hit) => hit.name);
  } finally {
    index.close();
  }
}

/** The paths that continue `path`: for `se.vru` the fields of task_struct's `se`, with `se.` before them. */
function fieldNames(index: BtfIndex, struct: string, path: string): string[] {
  const steps = path.split('.');
  let names = [struct];
  const prefix = steps.slice(0, -1);
  for (const step of prefix) {
    names = layoutsOf(index, names)
      .flatMap((layout) => layout.fields.filter((field) => field.name === step))
      .map((field) => /^(?:struct|union) (\w+)( \*)?$/.exec(field.type)?.[1])
      .filter((name) => name !== undefined);
  }
  const before = prefix.map((step) => `${step}.`).join('');
  return layoutsOf(index, names).flatMap((layout) =>
    layout.fields.filter((field) => field.name !== '').map((field) => before + field.name),
  );
}

const layoutsOf = (index: BtfIndex, names: readonly string[]) =>
  [...new Set(names)].flatMap((name) => [
    ...declarations(index, 'struct', name),
    ...declarations(index, 'union', name),
  ]);
