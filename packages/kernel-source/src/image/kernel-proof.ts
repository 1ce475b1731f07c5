// What BTF must have to be a kernel's, where it was found by its header alone: kernels carry BTF of BPF programs as well, in a
// built-in initramfs or a light skeleton, and an image may hold anything behind its kernel.

import { type Btf, BtfKind, findByName } from '@btfq/btf-format';

/** Small kernels for tests aside, pahole gives functions by the thousand: one for some hundred bytes of code. */
const BYTES_PER_FUNCTION = 64 * 1024;
const SMALL = 1024 * 1024;
/** Sections that only BPF objects describe. */
const OBJECT_SECTIONS: ReadonlySet<string> = new Set([
  'license',
  'version',
  '.maps',
  'maps',
  '.ksyms',
  '.kconfig',
  '.struct_ops',
]);

/**
 * Why BTF found in `imageSize` bytes cannot be that kernel's; undefined where nothing speaks against it: `task_struct` is
 * defined, no section is a BPF object's, and there are as many functions as a kernel of that size has.
 */
export function notKernelBtf(btf: Btf, imageSize: number): string | undefined {
  const task = findByName(btf, 'task_struct', BtfKind.Struct);
  if (task === undefined || btf.vlen(task) === 0) return 'it has no struct task_struct';
  let functions = 0;
  for (let id = btf.startId; id < btf.typeCount; id++) {
    const kind = btf.kind(id);
    if (kind === BtfKind.Func) functions++;
    if (kind === BtfKind.Datasec && OBJECT_SECTIONS.has(btf.name(id)))
      return `it has the section ${btf.name(id)} of a BPF object`;
  }
  const least = Math.floor(Math.max(0, imageSize - SMALL) / BYTES_PER_FUNCTION);
  return functions < least
    ? `it has ${functions} functions, and a kernel of ${imageSize} bytes has ${least} at least`
    : undefined;
}
