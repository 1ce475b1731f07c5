// btfq config: what kernels' configurations say of a symbol, and the whole configuration of one.
import {
  type BtfIndex,
  type ConfigAnswer,
  configSymbol,
  kernelConfig,
  kernelIds,
  kernelsByIds,
  parseWhere,
  resolveKernel,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { kernelsText } from '../render/fact-variants.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '[SYMBOL]',
  about: `
Says which kernels have which value of a symbol of their configuration; CONFIG_ may be left out. Values are as the file has
them: y, m, a number, a string in quotes, and n for 'is not set'. A configuration that does not name the symbol is told apart
from one that is not known: that says nothing.

With --kernel, the whole configuration of that kernel, or its value of the symbol. Exit code 1 says that no kernel names the
symbol, or that the configuration is not known.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    kernel: { value: 'KERNEL', help: 'the configuration of this kernel', complete: 'kernel' },
  },
  examples: [
    { line: 'btfq config CONFIG_BPF_LSM', shows: 'which kernels are built with it' },
    { line: 'btfq config --kernel 6.1.0-50-amd64', shows: 'the whole configuration of a kernel' },
    { line: 'btfq config HZ --kernel 6.1.0-50-amd64', shows: 'one value' },
    { line: 'btfq field task_struct sched_task_group --where config.CGROUP_SCHED=y', shows: 'other questions by it' },
  ],
  run(flags, io) {
    const [symbol] = flags.args as [string?];
    if (symbol === undefined && flags.kernel === undefined) {
      throw new UsageError('a SYMBOL or --kernel is needed', 'Try: btfq config CONFIG_BPF_LSM');
    }
    return withIndex(flags, io, (index) => {
      if (flags.kernel !== undefined) return printKernel(index, io, flags.kernel, symbol);
      const meant = new Set(kernelIds(index, parseWhere(flags.where)));
      return printSymbol(index, io, narrowed(configSymbol(index, symbol as string), meant));
    });
  },
});

/** The answer over some kernels only. */
function narrowed(answer: ConfigAnswer, meant: ReadonlySet<number>): ConfigAnswer {
  const those = (ids: readonly number[]) => ids.filter((id) => meant.has(id));
  const values = answer.values.map(({ value, kernelIds: ids }) => ({ value, kernelIds: those(ids) }));
  return {
    symbol: answer.symbol,
    values: values.filter(({ kernelIds: ids }) => ids.length > 0),
    absentFrom: those(answer.absentFrom),
    unknownIn: those(answer.unknownIn),
  };
}

function printSymbol(index: BtfIndex, io: Io, { symbol, values, absentFrom, unknownIn }: ConfigAnswer): ExitCode {
  const names = (ids: readonly number[]) => kernelsByIds(index, ids).map(({ name }) => name);
  const exit = values.length > 0 ? ExitCode.answered : ExitCode.no;
  if (io.wantsJson) {
    io.json({
      symbol,
      values: values.map(({ value, kernelIds: ids }) => ({ value, kernels: names(ids) })),
      absentFrom: names(absentFrom),
      unknownIn: names(unknownIn),
    });
    return exit;
  }
  const line = (what: string, ids: readonly number[]) => {
    if (ids.length > 0) io.print(`${what}\n  ${io.style.dim(kernelsText(names(ids)))}`);
  };
  for (const { value, kernelIds: ids } of values) line(`${io.style.name(symbol)}=${value}`, ids);
  line(`${symbol} is not named`, absentFrom);
  line(`${symbol}: not known`, unknownIn);
  if (values.length === 0 && absentFrom.length === 0) {
    io.note('btfq: no configuration of these kernels is known; ingest their packages, or config-RELEASE beside them');
  }
  return exit;
}

function printKernel(index: BtfIndex, io: Io, text: string, symbol: string | undefined): ExitCode {
  const kernel = resolveKernel(index, text);
  const config = kernelConfig(index, kernel.id);
  if (config === undefined) {
    if (io.wantsJson) io.json(null);
    io.note(`btfq: the configuration of ${kernel.name} is not known`);
    return ExitCode.no;
  }
  if (symbol === undefined) {
    if (io.wantsJson) io.json(Object.fromEntries(config));
    else for (const [name, value] of config) io.print(configLine(name, value));
    return ExitCode.answered;
  }
  const { symbol: name } = configSymbol(index, symbol);
  const value = config.get(name);
  if (io.wantsJson) io.json({ symbol: name, value: value ?? null });
  else io.print(value === undefined ? `${name} is not named` : configLine(name, value));
  return value === undefined ? ExitCode.no : ExitCode.answered;
}

/** As kconfig writes it. */
function configLine(symbol: string, value: string): string {
  return value === 'n' ? `# ${symbol} is not set` : `${symbol}=${value}`;
}
