// What a published index costs its readers, asked for a seeded sample of all its names: requests and bytes, cold, of searches (names
// as they are typed, parts of names, names with wrong letters) and of structs, functions, enums and fields. With --check the answers
// are compared with those of the local file.
//
//   node --conditions=@btfq/source src/published-sample.ts INDEX FOLDER [--names 300] [--seed 19] [--check] [--only WORD]
//
// FOLDER is where `btfq publish` put INDEX.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { openIndex } from '@btfq/btf-index';
import { type BtfIndex, declarations, field, openPublished, search, type Transport } from '@btfq/btf-index/read';
import { SeededRandom } from './simulate-random.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    names: { type: 'string', default: '300' },
    seed: { type: 'string', default: '19' },
    check: { type: 'boolean' },
    only: { type: 'string', default: '' },
  },
});
const [source, folder] = positionals as [string, string];
const pointer = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { file: string };
const file = openSync(join(folder, pointer.file), 'r');
const transport: Transport = (url, range) => {
  if (range === undefined) return { status: 200, header: () => null, body: readFileSync(join(folder, url.slice(15))) };
  const body = new Uint8Array(range[1] - range[0] + 1);
  readSync(file, body, 0, body.length, range[0]);
  return { status: 206, header: () => null, body };
};
const local = openIndex(source, { readonly: true });
const KINDS = { struct: 4, enum: 6, typedef: 8, func: 12 } as const;
const namesOf = (...kinds: number[]) =>
  local
    .statement(
      `SELECT DISTINCT n.text FROM declaration d JOIN name n ON n.id = d.name WHERE d.kind IN (${kinds.join(',')}) AND n.text <> ''`,
    )
    .all()
    .map((row) => (row as [string])[0]);
const names = namesOf(...Object.values(KINDS), 5, 14);
const random = new SeededRandom(Number(values.seed));
const one = <T>(list: readonly T[]) => list[random.below(list.length)] as T;
const sample = Array.from({ length: Number(values.names) }, () => one(names));
const beginnings = (name: string) => [...name].map((_, i) => name.slice(0, i + 1));
const part = (name: string, least: number) => {
  const from = random.below(Math.max(1, name.length - least));
  return name.slice(from, from + least + random.below(9));
};
const wrong = (name: string) => {
  const at = random.below(Math.max(1, name.length - 1));
  const rest = one([`${name[at + 1] ?? ''}${name[at]}${name.slice(at + 2)}`, name.slice(at + 1), `q${name.slice(at)}`]);
  return name.slice(0, at) + rest;
};
const ASKED: Readonly<Record<string, readonly string[][]>> = {
  'letter by letter': [...sample, 'bit_wait_timeout', 'set_enabled'].map(beginnings),
  'a whole name': sample.map((name) => [name]),
  'a part of a name': sample.map((name) => [part(name, 3)]),
  'one or two letters': sample.map((name) => [part(name, 1).slice(0, 2)]),
  'a part with separators': sample.map((name) => [`_${name.split('_').slice(1, 3).join('_').slice(0, 6)}`]),
  'a name with a wrong letter': sample.map((name) => [wrong(name)]),
};
/** A question, and its bounds. */
interface Asked {
  readonly name: string;
  readonly most: readonly [requests: number, bytes: number];
  ask(index: BtfIndex): unknown;
}
const searches = Object.entries(ASKED).map(([what, askings]): [string, Asked[]] => [
  `search: ${what}`,
  askings.map((texts) => ({
    name: texts.at(-1) ?? '',
    most: [8, 150_000],
    ask: (index) => texts.map((text) => search(index, text)).at(-1),
  })),
]);
const most = [25, 500_000] as const;
const typical = {
  struct: ['task_struct', 'sock', 'list_head'],
  enum: ['bpf_func_id'],
  func: ['vfs_read'],
  typedef: ['pid_t'],
};
const declared = (['struct', 'enum', 'func', 'typedef'] as const).map((kind): [string, Asked[]] => {
  const own = namesOf(KINDS[kind]);
  const asked = [...Array.from(sample, () => one(own)), ...typical[kind]];
  return [kind, asked.map((name) => ({ name, most, ask: (index) => declarations(index, kind, name) }))];
});
const structs = namesOf(KINDS.struct);
const fields = Array.from(sample, (): Asked[] => {
  const name = one(structs);
  const [layout] = declarations(local, 'struct', name) as readonly { fields?: readonly { name: string }[] }[];
  const members = (layout?.fields ?? []).filter((member) => member.name !== '');
  if (members.length === 0) return [];
  const member = one(members).name;
  return [{ name: `${name} ${member}`, most, ask: (index) => field(index, 'composite', name, member) }];
}).flat();
const rows: Record<string, object> = {};
let different = 0;
for (const [what, askings] of [...searches, ...declared, ['field', fields] as [string, Asked[]]]) {
  if (!what.includes(values.only)) continue;
  const costs: { requests: number; bytes: number; asked: Asked }[] = [];
  for (const asked of askings) {
    const { index, traffic } = await openPublished('http://host.bt/index.json', { transport });
    const answer = asked.ask(index);
    if (values.check && !isDeepStrictEqual(answer, asked.ask(local))) {
      different++;
      console.log(`different: ${what} ${asked.name}`);
    }
    costs.push({ ...traffic, asked });
    index.close();
  }
  const sorted = (key: 'requests' | 'bytes') => costs.map((cost) => cost[key]).sort((a, b) => a - b);
  const at = (list: number[], share: number) => list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;
  const [requests, bytes] = [sorted('requests'), sorted('bytes')];
  const isOver = (cost: (typeof costs)[number]) =>
    cost.requests > cost.asked.most[0] || cost.bytes > cost.asked.most[1];
  rows[what] = {
    asked: costs.length,
    requests: [0.5, 0.9, 1].map((share) => at(requests, share)).join(' '),
    KB: [0.5, 0.9, 1].map((share) => Math.round(at(bytes, share) / 1000)).join(' '),
    over: costs.filter(isOver).length,
    most: costs.reduce((worst, cost) => (cost.requests > worst.requests ? cost : worst)).asked.name,
  };
}
console.table(rows);
if (values.check) console.log(`${different} answers differ from those of the local file`);
closeSync(file);
local.close();
