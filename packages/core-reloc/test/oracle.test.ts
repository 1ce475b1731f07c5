// Golden tests: every relocation of our own objects on every kernel and target, line for line as libbpf answers.

import { loadBtf } from '@btfq/btf-format';
import { applyRelocations, type BpfObject, oracleLines, parseBpfObject, relocate } from '@btfq/core-reloc';
import { fixtureKernels, fixtureObject, fixtureTarget, kernelBtf, oracleJson } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';

type Lines = Record<string, string[]>;
const topics = ['arrays', 'bitfields', 'enums', 'fields', 'kinds', 'limits', 'names', 'types', 'widths', 'kernels'];
const kernels = new Set(fixtureKernels().map((kernel) => kernel.id));
const objects = new Map<string, BpfObject>();

function objectOf(name: string): BpfObject {
  let object = objects.get(name);
  if (object === undefined) {
    object = parseBpfObject(fixtureObject(name), { name: `${name}.bpf.o` });
    objects.set(name, object);
  }
  return object;
}

const targetBytes = (name: string) => (kernels.has(name) ? kernelBtf(name) : fixtureTarget(name));

describe.each(topics)('relocations of %s', (topic) => {
  const byTarget = new Map<string, [string, string[]][]>();
  for (const [key, lines] of Object.entries(oracleJson<Lines>(`relocs/${topic}.json`))) {
    const target = key.slice(0, key.indexOf(' '));
    byTarget.set(target, [...(byTarget.get(target) ?? []), [key.slice(key.indexOf(' ') + 1), lines]]);
  }
  it.each([...byTarget])('on %s', (name, cases) => {
    const target = loadBtf(targetBytes(name));
    for (const [key, lines] of cases) {
      const [objectName = '', swapped] = key.split(' ');
      if (objectName.startsWith('nobtf')) {
        expect(lines).toEqual([]);
        continue;
      }
      const options = swapped === undefined ? {} : ({ instructions: 'object' } as const);
      expect(oracleLines(objectOf(objectName), target, options), key).toEqual(lines);
    }
  });
});

describe('relocate', () => {
  const lines = oracleJson<Lines>('relocs/kernels.json');
  const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

  it.each([
    ['debian/14/x86_64/7.2.13+deb14-cloud-amd64', 'relocs', 'relocs'],
    ['debian/13/s390x/6.12.94+deb13-s390x', 'relocs.eb', 'relocs.eb swapped'],
  ])('tells the same as the lines: %s %s', (kernel, name, key) => {
    const target = loadBtf(kernelBtf(kernel));
    const options = { rules: 'independent', hostLittleEndian: true } as const;
    const results = relocate(objectOf(name), target, options);
    const expected = lines[`${kernel} ${key}`]?.map((line) => JSON.parse(line));
    expect(expected).toHaveLength(results.length);
    results.forEach((result, i) => {
      const { err, patchErr, poison, new: value, targType, path, insn } = (expected ?? [])[i];
      expect(-result.errno || undefined).toBe(err ?? patchErr);
      expect(result.resolution.poison).toBe(err === undefined ? poison : false);
      if (result.outcome === 'applied') expect(result.newValue?.toString()).toBe(value);
      expect(result.targetSpec?.rootTypeId ?? 0).toBe(targType ?? 0);
      expect(result.targetSpec?.accessors.map((step) => [step.typeId, step.index])).toEqual(path);
      // a poisoned lddw is two calls; the lines show the first
      expect(result.patched && hex(result.patched).slice(0, insn?.length)).toBe(insn);
    });
    const code = applyRelocations(objectOf(name), target, options);
    for (const { relocation, patched } of results) {
      const { insnOff } = relocation;
      const section = code.get(relocation.section);
      if (patched)
        expect(hex(section?.subarray(insnOff, insnOff + patched.length) ?? new Uint8Array())).toBe(hex(patched));
    }
  });
});
