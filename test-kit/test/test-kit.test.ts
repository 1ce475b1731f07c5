import { describe, expect, it } from 'vitest';
import {
  BtfBytes,
  fixtureKernels,
  fixtureModules,
  kernelBtf,
  makeTar,
  moduleBtf,
  mutate,
  onlyMember,
  seededRandom,
} from '@btfq/test-kit';

describe('fixture kernels', () => {
  it('decompress to the bytes that the list promises', () => {
    for (const kernel of fixtureKernels()) {
      const bytes = kernelBtf(kernel.id);
      expect(bytes.length, kernel.id).toBe(kernel.size);
      expect(bytes[0] === 0x9f, kernel.id).toBe(kernel.littleEndian);
    }
  });

  it('refuse a name that fits none', () => {
    expect(() => kernelBtf('6.1.0')).toThrow('0 fixture kernels are called 6.1.0');
  });
});

describe('BtfBytes', () => {
  it('writes a header, types and strings in the byte order asked for', () => {
    const btf = new BtfBytes({ littleEndian: false });
    const int = btf.int('int', 4, 1);
    expect(btf.ptr(int)).toBe(2);
    const bytes = btf.build();
    const view = new DataView(bytes.buffer);
    expect([view.getUint16(0), view.getUint32(4), view.getUint32(12), view.getUint32(20)]).toEqual([0xeb9f, 24, 28, 5]);
    expect([...bytes.subarray(24, 40)]).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 32]);
  });
});

describe('mutations', () => {
  it('are the same for the same seed, and differ from the original', () => {
    const original = kernelBtf('5.10.0-32-cloud-amd64').slice(0, 4096);
    for (let seed = 0; seed < 50; seed++) {
      const once = mutate(original, seededRandom(seed));
      expect(mutate(original, seededRandom(seed))).toEqual(once);
    }
    expect(mutate(original, seededRandom(1))).not.toEqual(original);
  });

  it("leave the original alone, one of Node's Buffers too", () => {
    const original = Buffer.alloc(64, 7);
    for (let seed = 0; seed < 50; seed++) mutate(original, seededRandom(seed));
    expect(original).toEqual(Buffer.alloc(64, 7));
  });
});

describe('tar', () => {
  it('gives back the one file that went in', () => {
    const bytes = new TextEncoder().encode('x'.repeat(700));
    expect(
      onlyMember(
        makeTar([
          { name: 'folder/', type: '5' },
          { name: 'folder/x', bytes },
        ]),
      ),
    ).toEqual(bytes);
  });
});

describe('fixture modules', () => {
  it('are split BTF of kernels that are there', () => {
    const modules = fixtureModules();
    expect(modules.map(({ name }) => name)).toContain('tls');
    for (const { id } of modules) expect([...moduleBtf(id).subarray(0, 4)], id).toEqual([0x9f, 0xeb, 1, 0]);
  });
});
