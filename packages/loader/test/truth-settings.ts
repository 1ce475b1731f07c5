// The settings with which programs are loaded one by one for the truth: maps without a size get one, and only one
// program is loaded at a time.

import { type LoaderObject, type LoadOptions, MapType } from '@btfq/loader';

/** Types that must have no max_entries. */
const SIZED_BY_KERNEL: ReadonlySet<number> = new Set([
  MapType.CgroupStorage,
  MapType.PercpuCgroupStorage,
  MapType.SkStorage,
  MapType.InodeStorage,
  MapType.TaskStorage,
  MapType.CgrpStorage,
  MapType.StructOps,
]);
const LOG_SIZE = 1 << 24;

/** `each`: entry point `index` alone; `log`: the same with the verifier's log; `whole`: all that the object says. */
export function truthSettings(object: LoaderObject, mode: 'each' | 'log' | 'whole', index: number): LoadOptions {
  const chosen = object.programs.filter(({ subprogram }) => !subprogram)[index];
  return {
    ...(mode === 'whole'
      ? {}
      : {
          programs: (program) => ({
            autoload: program === chosen,
            ...(mode === 'log' && program === chosen ? { log: { level: 5, size: LOG_SIZE } } : {}),
          }),
        }),
    maps: (map) => ({
      ...(map.maxEntries === 0 && !SIZED_BY_KERNEL.has(map.type) ? { maxEntries: 64 } : {}),
      ...(map.type === MapType.StackTrace && map.valueSize === 0 ? { valueSize: 8 * 127 } : {}),
    }),
  };
}
