// btfq tracepoint: the fields and formats of trace events, by kernel.
import { parseWhere, traceEventFacts, type TraceEventInKernels, traceEventNames } from '@btfq/btf-index';
import { eventFormat } from '@btfq/kernel-tables';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { ExitCode } from '../exit-codes.ts';
import { printVariants } from '../render/fact-variants.ts';
import { eventChanges } from '../render/event-changes.ts';
import { eventStruct } from '../render/event-struct.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

export const command = defineCommand({
  args: '[SYSTEM/EVENT]',
  about: `
Shows the format of a trace event as tracefs prints it, without its ID: each distinct format with its kernels, and what
changed from the format before. Without an
argument, lists all events in the index. Ingest reads them from kernel images and modules.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    lang: { value: 'LANG', choices: ['c'], help: 'print the record as a struct in this language' },
  },
  examples: [
    { line: 'btfq tracepoint sched/sched_switch', shows: 'its format, in every kernel' },
    { line: 'btfq tracepoint sched/sched_switch --lang c', shows: 'the record as a C struct' },
  ],
  run(flags, io) {
    const [event] = flags.args as [string | undefined];
    return withIndex(flags, io, (index) => {
      if (event === undefined) {
        const names = traceEventNames(index);
        if (flags.json) io.json(names);
        else for (const name of names) io.print(name);
        return names.length > 0 ? ExitCode.answered : ExitCode.no;
      }
      const [system, name] = event.replace(':', '/').split('/');
      if (!system || !name) throw new UsageError(`${event}: no event`, 'Name it as SYSTEM/EVENT: sched/sched_switch.');
      const facts = traceEventFacts(index, `${system}/${name}`, parseWhere(flags.where));
      let before: TraceEventInKernels | undefined;
      return printVariants(index, io, event, facts, (value) => {
        const lines = flags.lang === 'c' ? eventStruct(name, value) : formatOf(system, name, value);
        const changes = before && flags.lang === undefined ? eventChanges(before, value) : [];
        before = value;
        const from = value.module === undefined ? [] : [`  module ${value.module}`];
        return [...lines, ...from, ...changes.map((change) => `  changed: ${change}`)];
      });
    });
  },
});

function formatOf(system: string, name: string, value: TraceEventInKernels): string[] {
  const text = eventFormat({ common: value.common, events: [] }, { system, name, ...value });
  return text === undefined ? [`${system}/${name}: there, and its format is not known`] : text.trimEnd().split('\n');
}
