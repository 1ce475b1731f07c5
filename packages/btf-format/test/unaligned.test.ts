// Bytes at any address, and Node's Buffer, whose slice() does not copy.
import { BtfKind, findByName, parseBtf } from '@btfq/btf-format';
import { BtfBytes } from '@btfq/test-kit';
import { expect, test } from 'vitest';

for (const littleEndian of [true, false]) {
  test.each([0, 1, 2, 3])(`a ${littleEndian ? 'little' : 'big'}-endian BTF %i bytes into a Buffer`, (shift) => {
    const bytes = new BtfBytes({ littleEndian });
    bytes.int('int', 4, 1);
    const whole = Buffer.alloc(4096, 0xff);
    const built = bytes.build();
    whole.set(built, 8 + shift);
    const btf = parseBtf(whole.subarray(8 + shift, 8 + shift + built.length));
    expect(findByName(btf, 'int', BtfKind.Int)).toBe(1);
    expect(btf.typeCount).toBe(2);
  });
}
