// btfq search: declarations by a part of their name, or members by their type.
import { type DeclarationKind, fieldsOfType, parseWhere, search } from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import { modulesText } from '../render/places.ts';
import { printTable } from '../render/table.ts';
import { dbFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { withIndex } from '../with-index.ts';

const KINDS: readonly DeclarationKind[] = ['struct', 'union', 'enum', 'typedef', 'func', 'var'];

export const command = defineCommand({
  args: 'TEXT',
  about: `
Lists declarations by name: first those named TEXT, then those that begin with it, contain it, or resemble it. With
--type, TEXT is a type as written in C, and the members that have this type are listed.

The exit code is 1 if nothing is found.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    kind: { value: 'KIND', kind: 'list', choices: KINDS, help: 'only declarations of this kind' },
    limit: { value: 'N', kind: 'number', help: 'list at most N (default: 20, with --type all)' },
    type: { help: 'list the members that have the type TEXT' },
    where: { ...whereFlag, help: 'with --type, only these kernels' },
  },
  examples: [
    { line: 'btfq search task_str', shows: 'names that contain task_str' },
    { line: 'btfq search vfs_ --kind func --limit 100', shows: 'functions' },
    { line: "btfq search --type 'struct mm_struct *'", shows: 'members that point to an mm_struct' },
  ],
  run(flags, io) {
    const [text] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      if (flags.type) {
        const all = fieldsOfType(index, text, parseWhere(flags.where));
        const found = all.slice(0, flags.limit ?? all.length);
        if (flags.json) {
          io.json(
            found.map(({ kernelIds, places, ...rest }) => ({
              ...rest,
              kernels: kernelIds.length,
              modules: places.flatMap(({ module }) => module ?? []),
            })),
          );
        } else if (found.length > 0) {
          const columns = [{ title: 'kernels', align: 'right' }, { title: 'member' }] as const;
          const rows = found.map((one) => [
            String(one.kernelIds.length),
            `${one.kind} ${io.style.name(one.struct)}.${one.field}`,
          ]);
          printTable(io, columns, rows);
        }
        return found.length > 0 ? ExitCode.answered : ExitCode.no;
      }
      const kinds = flags.kind.length > 0 ? (flags.kind as readonly DeclarationKind[]) : KINDS;
      const hits = search(index, text, { kinds, limit: flags.limit ?? 20 });
      if (flags.json) io.json(hits);
      else if (hits.length > 0) {
        const inModules = hits.some(({ modules }) => modules.length > 0);
        const columns = [
          { title: 'kind' },
          { title: 'name' },
          { title: 'kernels', align: 'right' },
          { title: 'match' },
          ...(inModules ? [{ title: 'modules', shrink: true } as const] : []),
        ] as const;
        printTable(
          io,
          columns,
          hits.map((hit) => [
            ...[hit.kind, io.style.name(hit.name), String(hit.kernels), io.style.dim(hit.match)],
            ...(inModules ? [modulesText(hit.modules.map((module) => ({ module, kernelIds: [] })))] : []),
          ]),
        );
      }
      return hits.length > 0 ? ExitCode.answered : ExitCode.no;
    });
  },
});
