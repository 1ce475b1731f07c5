// One type with what it needs.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BtfKind, dumpTypeC, findByName, parseBtf } from '@btfq/btf-format';
import { kernelBtf } from '@btfq/test-kit';
import { expect, test } from 'vitest';

const golden = (name: string) => parseBtf(readFileSync(join(import.meta.dirname, 'golden', `${name}.btf`)));

test.each<[file: string, name: string, kind: BtfKind, expected: string]>([
  [
    'order',
    'outer',
    BtfKind.Struct,
    `struct late;

struct outer {
	struct late *late;
	struct {
		struct late *q;
		struct outer *r;
	} *anonymous;
};

`,
  ],
  ['order', 'late', BtfKind.Struct, 'struct only_forward;\n\nunion only_forward_union;\n\n'],
  ['tags', 'second_kfunc', BtfKind.Func, 'struct more;\n\nint second_kfunc(struct more *arg, int n);\n'],
  ['tags', 'zeros', BtfKind.Var, 'int zeros[10];\n'],
  ['order', 'v7', BtfKind.Var, 'typedef struct {\n\tint x;\n} nameless;\n\n'],
  ['enums', 'two_bytes', BtfKind.Enum, 'enum two_bytes {\n\tT_ONE = 1000,\n};\n\n'],
  ['enums', 'forward', BtfKind.Enum, 'enum forward;\n\n'],
  ['order', 'opaque', BtfKind.Fwd, 'struct opaque;\n\n'],
  ['declarations', 'fn_of_fn', BtfKind.Typedef, 'typedef fn_t (*fn_of_fn)(fn_t, ...);\n\n'],
])('%s: %s', (file, name, kind, expected) => {
  const btf = golden(file);
  const text = dumpTypeC(btf, findByName(btf, name, kind) as number);
  expect(text).toContain(expected);
});

test('void and pointers alone need nothing', () => {
  const btf = golden('order');
  expect(dumpTypeC(btf, 0)).toBe('');
});

const clang = spawnSync(process.env['CLANG'] ?? 'clang', ['--version']).status === 0;

test.skipIf(!clang)('clang takes what a kernel says (needs clang)', () => {
  const btf = parseBtf(kernelBtf('7.2.13+deb14-cloud-amd64'));
  for (const [name, kind] of [
    ['task_struct', BtfKind.Struct],
    ['vfs_read', BtfKind.Func],
    ['bpf_attr', BtfKind.Union],
  ] as const) {
    const input = dumpTypeC(btf, findByName(btf, name, kind) as number);
    const args = ['-target', 'bpf', '-fsyntax-only', '-x', 'c', '-'];
    const { status, stderr } = spawnSync(process.env['CLANG'] ?? 'clang', args, { input });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  }
});
