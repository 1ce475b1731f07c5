// One-line types: what C would write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BtfError, BtfKind, findByName, formatType, parseBtf } from '@btfq/btf-format';
import { BtfBytes, kernelBtf } from '@btfq/test-kit';
import { expect, test } from 'vitest';

const golden = (name: string) => parseBtf(readFileSync(join(import.meta.dirname, 'golden', `${name}.btf`)));

/** The declarations of all members of a struct. */
function membersOf(btf: ReturnType<typeof parseBtf>, struct: string): string[] {
  const id = findByName(btf, struct, BtfKind.Struct) as number;
  const layer = btf.layerOf(id);
  const at = layer.wordAt(id) + 3;
  return Array.from({ length: btf.vlen(id) }, (_, i) =>
    formatType(btf, layer.words[at + i * 3 + 1]!, { name: btf.string(layer.words[at + i * 3]!) }),
  );
}

test('declarators, as they stand in golden/declarations.c', () => {
  const btf = golden('declarations');
  expect(membersOf(btf, 'ops')).toEqual([
    'int (*open)(struct ops *, const char *, int)',
    'void (*close)(void)',
    'int (*(*get)(int))(struct fwd *)',
    'void (*(*signal)(int, void (*)(int)))(int)',
    'int (*table[3][4])(void)',
    'int (*(*pointer_to_table)[5])(char)',
    'const volatile int *const volatile *restrict qualified',
    'char name[16]',
    'char cube[2][3][4]',
    'const char *names[5]',
    'int (*old_style)(void)',
    'int (*variadic)(const char *, ...)',
    'struct {...} *(*returns_anonymous)(union {...} *)',
  ]);
  expect(membersOf(btf, 'typedefs')).toEqual([
    'array_t a',
    'arrays_t b',
    'const_array_t *c',
    'function_t *d',
    'function_ptr_t e',
    'nothing *f',
    'fn_of_fn g',
    'const array_t h',
  ]);
});

test('functions, variables, tags and the rest', () => {
  const btf = golden('tags');
  const text = (name: string, kind: BtfKind, options = {}) =>
    formatType(btf, findByName(btf, name, kind) as number, options);
  expect(text('second_kfunc', BtfKind.Func)).toBe('int second_kfunc(struct more *arg, int n)');
  expect(text('a_kfunc', BtfKind.Func)).toBe('void *a_kfunc(const char *name, unsigned long)');
  expect(text('zeros', BtfKind.Var)).toBe('int zeros[10]');
  expect(membersOf(btf, 'tagged')).toEqual(['int *a', 'int **b', 'const int *c']);
  const b = new BtfBytes();
  const int = b.int('int', 4, 1);
  const user = b.typeTag('user', int);
  const ids = {
    'int __attribute__((btf_type_tag("user"))) *': b.ptr(user),
    'int[]': b.array(int, int, 0),
    'const int[2]': b.const(b.array(b.const(int), int, 2)),
    'int *const': b.const(b.ptr(int)),
    'int (*)[3]': b.ptr(b.array(int, int, 3)),
    'void (*)(void)': b.ptr(b.volatile(b.funcProto(0))),
    'enum {...}': b.enum('', { A: 1 }),
    'union u': b.fwd('u', true),
    void: 0,
  };
  const made = parseBtf(b.build());
  for (const [expected, id] of Object.entries(ids)) {
    const written = formatType(made, id, { tags: true });
    expect(
      written.replace('__attribute__((btf_type_tag("user"))) int', 'int __attribute__((btf_type_tag("user")))'),
    ).toBe(expected);
  }
  expect(formatType(made, ids['int[]'], { emptyArray: '[0]' })).toBe('int[0]');
});

test('every type of a kernel can be written', () => {
  const btf = parseBtf(kernelBtf('7.2.13+deb14-cloud-amd64'));
  for (let id = 0; id < btf.typeCount; id++) formatType(btf, id);
  const task = findByName(btf, 'task_struct', BtfKind.Struct) as number;
  expect(formatType(btf, task)).toBe('struct task_struct');
});

test('a type without an end is an error', () => {
  const b = new BtfBytes();
  b.ptr(1);
  b.ptr(3);
  b.funcProto(0, [
    ['a', 2],
    ['b', 2],
  ]);
  const btf = parseBtf(b.build());
  for (const id of [1, 2, 3]) expect(codeOf(() => formatType(btf, id))).toBe('limit');
  expect(codeOf(() => formatType(btf, 9))).toBe('bad-type-id');
});

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof BtfError) return error.code;
    throw error;
  }
  return undefined;
}
