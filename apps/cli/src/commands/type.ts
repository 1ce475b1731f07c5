// btfq type: declarations of any kind by name, in C, with their kernels.
import {
  type AnyVariant,
  type BtfIndex,
  type DeclarationKind,
  type DeclarationPlace,
  declarations,
  enumerator,
  formatDeclaration,
  kernelsByIds,
  search,
} from '@btfq/btf-index';
import { defineCommand } from '../command.ts';
import { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { plural } from '../render/numbers.ts';
import { modulesText, namedModules } from '../render/places.ts';
import { dbFlag, indexPath, moduleFlag, offlineFlag, whereFlag } from '../shared-flags.ts';
import { noteUnknownModules } from '../unknown-modules.ts';
import { whereOf } from '../where.ts';
import { withIndex } from '../with-index.ts';

const KINDS: readonly DeclarationKind[] = ['struct', 'union', 'enum', 'typedef', 'func', 'var'];

export const command = defineCommand({
  args: 'NAME',
  about: `
Shows every declaration of a name in C: each distinct struct, union, enum, typedef, function and variable, with the number
of kernels that have it and the first and last of them. Members are shown with their offset and size in bytes. For an
enumerator, shows its values.

The exit code is 1 if nothing has that name; similar names are suggested.`,
  flags: {
    db: dbFlag,
    offline: offlineFlag,
    where: whereFlag,
    module: moduleFlag,
    kind: { value: 'KIND', kind: 'list', choices: KINDS, help: 'only declarations of this kind' },
  },
  examples: [
    { line: 'btfq type vfs_read', shows: 'the signatures of a function' },
    { line: 'btfq type bpf_map_type --kind enum', shows: 'the variants of an enum' },
    { line: 'btfq type BPF_MAP_TYPE_RINGBUF', shows: 'the value of an enumerator' },
  ],
  run(flags, io) {
    const [name] = flags.args as [string];
    return withIndex(flags, io, (index) => {
      const where = whereOf(flags);
      const kinds = flags.kind.length > 0 ? (flags.kind as readonly DeclarationKind[]) : KINDS;
      const found = kinds.flatMap((kind): AnyVariant[] =>
        // a typedef of a struct without a tag is shown as the typedef that it is
        [...declarations(index, kind, name, where)].filter((one) => !('typedef' in one)),
      );
      const values = kinds.includes('enum') ? enumerator(index, name, where) : [];
      if (flags.json) {
        const names = (ids: readonly number[]) => kernelsByIds(index, ids).map((kernel) => kernel.name);
        const named = <T extends Placed>({ kernelIds, places, ...rest }: T) => ({
          ...rest,
          kernels: names(kernelIds),
          modules: namedModules(places, names),
        });
        const plain = values.map(({ value, ...rest }) =>
          named({ kind: 'enumerator', name, value: String(value), ...rest }),
        );
        io.json([...found.map(({ id: _, ...rest }) => writable(named(rest))), ...plain]);
      } else {
        found.forEach((one, i) => {
          if (i > 0) io.print('');
          io.print(io.style.dim(`/* ${kernelsText(index, one)} */`));
          io.print(formatDeclaration(one));
        });
        for (const { enum: holder, value, ...one } of values) {
          const comment = io.style.dim(`/* enum ${holder || '{...}'}, ${kernelsText(index, one)} */`);
          io.print(`${name} = ${value} ${comment}`);
        }
      }
      if (found.length > 0 || values.length > 0) return ExitCode.answered;
      io.note(`btfq: no kernel in ${indexPath(flags, io)} declares ${name}`);
      noteUnknownModules(index, where, io);
      suggest(index, name, io);
      return ExitCode.no;
    });
  },
});

function suggest(index: BtfIndex, name: string, io: Io): void {
  const near = search(index, name, { limit: 3 }).map((hit) => hit.name);
  const others = [...new Set(near)].filter((one) => one !== name);
  if (others.length > 0) io.note(`Did you mean ${others.join(', ')}?`);
}

interface Placed {
  readonly kernelIds: readonly number[];
  readonly places: readonly DeclarationPlace[];
}

function kernelsText(index: BtfIndex, { kernelIds: ids, places }: Placed): string {
  const [first, last] = kernelsByIds(index, [ids[0]!, ids.at(-1)!]);
  const modules = modulesText(places);
  const where = modules === '' ? '' : `, in ${modules}`;
  if (ids.length === 1) return `${first!.name}${where}`;
  return `${plural(ids.length, 'kernel')}: ${first!.name} to ${last!.name}${where}`;
}

/** JSON has no numbers beyond 2^53: enumerators' values are text. */
function writable(value: object): unknown {
  return JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)));
}
