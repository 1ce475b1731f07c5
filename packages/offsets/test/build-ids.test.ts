// Build ids in tables: found by each language as by name, among the notes that a running kernel shows, and never for another kernel.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type OffsetTable,
  cellText,
  generateTable,
  inSeries,
  readCommittedTable,
  type TableLanguage,
} from '@btfq/offsets';
import { expect, onTestFinished, test } from 'vitest';
import { releasesOf, tableOf } from './random-table.ts';

/** Every third kernel's build id is known; two that differ share one, which says nothing. */
function builtTable(): OffsetTable {
  const table = inSeries(tableOf(releasesOf(7).slice(40, 76), 7));
  const other = table.rowOf.findIndex((row) => row !== table.rowOf[0]);
  const kernels = table.kernels.map((kernel, i) => {
    if (i === 0 || i === other) return { ...kernel, buildId: 'ee'.repeat(20) };
    return i % 3 === 0 ? { ...kernel, buildId: `${i}`.padStart(2, '0').repeat(20) } : kernel;
  });
  return { ...table, kernels };
}

const table = builtTable();
const first = table.kernels.findIndex(({ buildId }) => buildId !== undefined && buildId !== 'ee'.repeat(20));
const known = table.kernels[first]?.buildId as string;
const cells = table.rows[table.rowOf[first]!]?.map(cellText) as string[];
const asked = [known, 'ee'.repeat(20), known.slice(2), `${known}00`, ''];
/** What each program is to print: the first entry by each id, by none, and the id among notes. */
const expected = `${[cells[0], ...asked.slice(1).map(() => 'unknown'), known, 'ok'].join('\n')}\n`;

/** Notes as /sys/kernel/notes has them: Linux's own before the build id. */
function notes(): number[] {
  const note = (name: string, type: number, said: Buffer) => {
    const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
    const head = Buffer.alloc(12);
    const write = (value: number, at: number) =>
      endianness() === 'LE' ? head.writeUInt32LE(value, at) : head.writeUInt32BE(value, at);
    [name.length + 1, said.length, type].forEach((value, i) => void write(value, i * 4));
    return Buffer.concat([head, padded(Buffer.from(`${name}\0`)), padded(said)]);
  };
  return [
    ...note('Linux', 0x101, Buffer.from('abc')),
    ...note('GNU', 3, Buffer.from(known, 'hex')),
    ...note('Xen', 6, Buffer.alloc(1)),
  ];
}

const programs: Partial<
  Record<TableLanguage, { file: string; tool: string; about: string[]; main: string; run: string[][] }>
> = {
  c: {
    file: 'dense.h',
    tool: 'gcc',
    about: ['--version'],
    main: `#define DENSE_IMPLEMENTATION
#include "dense.h"
static void ask(const char *id) { struct dense_offsets out; char text[300]; if (dense_find_build_id(id, &out)) { puts("unknown"); return; } dense_text_field(text, sizeof(text), &out.f0); puts(text); }
int main(void) { static const unsigned char notes[] = { ${notes()} }; char id[129]; size_t cut; struct dense_offsets out;
${asked.map((id) => `ask("${id}");`).join(' ')}
for (cut = 0; cut < sizeof(notes); cut++) dense_build_id(notes, cut, id, sizeof(id));
if (dense_build_id(notes, sizeof(notes), id, sizeof(id)))
	return 1;
puts(id); dense_find_running(&out);
puts(dense_self_test() ? "bad" : "ok"); return 0; }`,
    run: [
      [
        'gcc',
        '-std=c99',
        '-D_GNU_SOURCE',
        '-Wall',
        '-Wextra',
        '-Wpedantic',
        '-Werror',
        '-fsanitize=address,undefined',
        '-fno-sanitize-recover',
        'main.c',
        '-o',
        'main',
      ],
      ['./main'],
    ],
  },
  python: {
    file: 'dense.py',
    tool: 'python3',
    about: ['--version'],
    main: `import dense
for id in ${JSON.stringify(asked)}:
    found = dense.find_build_id(id)
    print(found[0] if found else "unknown")
notes = bytes([${notes()}])
for cut in range(len(notes)):
    dense.build_id_of(notes[:cut])
print(dense.build_id_of(notes))
dense.find_running()
print("ok" if dense.self_test() else "bad")
`,
    run: [['python3', '-B', 'main.py']],
  },
  rust: {
    file: 'dense.rs',
    tool: 'rustc',
    about: ['--version'],
    main: `mod dense;
fn main() {
    for id in ${JSON.stringify(asked)} {
        match dense::find_build_id(id) { Ok(found) => println!("{}", found.f0), Err(_) => println!("unknown") }
    }
    let notes: [u8; ${notes().length}] = [${notes()}];
    for cut in 0..notes.len() { dense::build_id_of(&notes[..cut]); }
    println!("{}", dense::build_id_of(&notes).unwrap());
    let _ = dense::find_running();
    println!("{}", if dense::self_test() { "ok" } else { "bad" });
}
`,
    run: [['rustc', '--edition', '2021', '-Dwarnings', 'main.rs', '-o', 'main'], ['./main']],
  },
  go: {
    file: 'dense/dense.go',
    tool: 'go',
    about: ['version'],
    main: `package main

import (
	"dense/dense"
	"fmt"
)

func main() {
	for _, id := range []string{${asked.map((id) => `"${id}"`).join(', ')}} {
		if found, err := dense.FindBuildID(id); err == nil {
			fmt.Println(found.F0)
		} else {
			fmt.Println("unknown")
		}
	}
	notes := []byte{${notes().join(', ')}}
	for cut := range notes {
		dense.BuildIDOf(notes[:cut])
	}
	fmt.Println(dense.BuildIDOf(notes))
	dense.FindRunning()
	if dense.SelfTest() == nil {
		fmt.Println("ok")
	}
}
`,
    run: [
      ['go', 'vet', './...'],
      ['go', 'run', 'main.go'],
    ],
  },
  ts: {
    file: 'dense.ts',
    tool: process.execPath,
    about: ['--version'],
    main: `import { findBuildId, selfTest } from './dense.ts';
for (const id of ${JSON.stringify(asked)}) {
  const f = findBuildId(id)?.f0;
  console.log(f ? \`\${f.alternative}:\${f.offsets.join(',')}:\${f.size}:\${f.bitOffset}:\${f.bitSize}\` : 'unknown');
}
console.log('${known}');
console.log(selfTest() ? 'ok' : 'bad');
`,
    run: [[process.execPath, 'main.ts']],
  },
};
const MAIN: Partial<Record<TableLanguage, string>> = {
  c: 'main.c',
  python: 'main.py',
  rust: 'main.rs',
  go: 'main.go',
  ts: 'main.ts',
};

test.each(Object.keys(programs) as TableLanguage[])('%s finds them', (language) => {
  const { file, tool, about, main, run } = programs[language] as NonNullable<(typeof programs)[TableLanguage]>;
  if (spawnSync(tool, about).status !== 0) return void console.warn(`skipped: ${tool} is not installed`);
  const folder = mkdtempSync(join(tmpdir(), 'btfq-builds-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'dense'));
  writeFileSync(join(folder, 'go.mod'), 'module dense\n\ngo 1.21\n');
  writeFileSync(join(folder, file), generateTable(table, language, { name: 'dense' }));
  writeFileSync(join(folder, MAIN[language]!), main);
  const outputs = run.map(([command = '', ...args]) => execFileSync(command, args, { cwd: folder, encoding: 'utf8' }));
  expect(outputs.at(-1)).toBe(expected);
});

test('they are no part of what is compared with a committed table; JSON has them', () => {
  const text = generateTable(table, 'c', { name: 'dense' });
  expect(readCommittedTable(text)).toEqual(
    readCommittedTable(generateTable(inSeries(tableOf(releasesOf(7).slice(40, 76), 7)), 'c')),
  );
  expect(JSON.parse(generateTable(table, 'json')).buildIds[known]).toBe(table.rowOf[first]);
  expect(generateTable(table, 'zig')).not.toContain(known);
});
