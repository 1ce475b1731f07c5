// Which kernels, and which part of them, a question is about.

import { type KernelFilter, moduleName, parseWhere } from '@btfq/btf-index';

/** The filter that `--where` and `--module` are together. Throws `bad-filter`. */
export function whereOf(flags: {
  readonly where: readonly string[];
  readonly module: string | undefined;
}): KernelFilter {
  const where = parseWhere(flags.where);
  return flags.module === undefined ? where : { ...where, module: moduleName(flags.module) };
}
