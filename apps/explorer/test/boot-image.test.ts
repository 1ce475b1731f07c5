// Boot images unpacked in the page: each packing, and the x86 filter of xz, made by the tools that the kernel's build uses.
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpackKernel } from '../src/verifier/boot-image.ts';

/** `xz --check=crc32 --x86 --lzma2=dict=64KiB` of 1,033 bytes with calls and jumps, and with their opcodes in odd places. */
const XZ = Buffer.from(
  '/Td6WFoAAAFpIt42AgEEACEBCADSuXTL4AQIATxdAHS/8A/khEsNKfX0Yj1DcI+iGFQjG/2z1HiWByXGqN62u4ZzF+mazuDeKclW+YSL2RxXswXBUwYWAMalT2+V7CLxI68LAUguREe0RZeMfm2UQBpHcVdgjZYlEz0TQS913AExewpz3gaNzToH2eT8yUuPwMHRaJ6QNB3eXpZPZq725qTx+hsJLcpCuejzM4cRsrwJmqzTTgwNhnf4kCJjf8M/8XoZYI0G0CdRWVpXirfQ9RvRjJpVybgixP7AGIsHALnk9R5CRWm0glWpkqIvSN9F8liKyEjHCK58G+Vy3F27S7U1bh2MgrnuVH/s5SU++y39hpZzon9nKoQJt4ljl80+VBl1qk6R0ffP1Mdv4XDtyBtnIkYaMw2on/+7JvwX4+DLbyg+cObM/m5tZmLsRL3Bne/K2k+BHZV/KAAAtNNqmQAB1AKJCAAAjXF4rj4wDYsCAAAAAAFZWg==',
  'base64',
);
const CONTENT = '2814d3f0cac1af65a6c373bbf64fc00d6f35d75d682ff064d55dc7eb8cb5f8ce';
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A bzImage with a payload, behind which the build writes the unpacked size; gzip's has that in it. */
function bzImage(payload: Uint8Array, size: number | undefined): Uint8Array {
  const length = payload.length + (size === undefined ? 0 : 4);
  const bytes = Buffer.alloc(1024 + 64 + length);
  bytes[0x1f1] = 1;
  bytes.write('HdrS', 0x202, 'latin1');
  bytes.writeUInt32LE(64, 0x248);
  bytes.writeUInt32LE(length, 0x24c);
  bytes.set(payload, 1024 + 64);
  if (size !== undefined) bytes.writeUInt32LE(size, bytes.length - 4);
  return bytes;
}

/** Likewise; its header's size does not count what is behind. */
function zboot(payload: Uint8Array, size: number | undefined): Uint8Array {
  const bytes = Buffer.alloc(64 + payload.length + (size === undefined ? 0 : 4));
  bytes.write('MZ\0\0zimg', 'latin1');
  bytes.writeUInt32LE(64, 8);
  bytes.writeUInt32LE(payload.length, 12);
  bytes.set(payload, 64);
  if (size !== undefined) bytes.writeUInt32LE(size, bytes.length - 4);
  return bytes;
}

const kernel = Buffer.from('\x7fELF and much else. '.repeat(200), 'latin1');
// The legacy frame of `lz4 -l`: one block of literals.
const lz4 = Buffer.concat([Buffer.of(0x02, 0x21, 0x4c, 0x18, 6, 0, 0, 0, 0x50), Buffer.from('hello')]);

test.each([
  ['a vmlinux', kernel],
  ['Image.gz', gzipSync(kernel)],
  ['bzImage, gzip', bzImage(gzipSync(kernel), undefined)],
  ['bzImage, zstd', bzImage(zstdCompressSync(kernel), kernel.length)],
  ['zboot, gzip', zboot(gzipSync(kernel), undefined)],
  ['zboot, zstd', zboot(zstdCompressSync(kernel), kernel.length)],
])('%s is unpacked', async (_name, image) => {
  expect(Buffer.compare(await unpackKernel(image), kernel)).toBe(0);
});

test('LZ4 and xz with the x86 filter are unpacked', async () => {
  expect(Buffer.from(await unpackKernel(bzImage(lz4, 5))).toString()).toBe('hello');
  const code = await unpackKernel(bzImage(XZ, 1033));
  expect(hashOf(code)).toBe(CONTENT);
});

test('what is damaged, cut or packed otherwise is told', async () => {
  const codeOf = (image: Uint8Array) =>
    unpackKernel(image).then(
      () => 'unpacked',
      (error: { code?: string }) => error.code,
    );
  const bad = Uint8Array.from(gunzipSync(gzipSync(XZ)));
  bad[60]! ^= 0x10;
  expect(await codeOf(bzImage(bad, 1033))).toBe('bad-compression');
  const zstd = zstdCompressSync(kernel);
  expect(await codeOf(bzImage(zstd.subarray(0, 20), kernel.length))).toBe('bad-compression');
  expect(await codeOf(bzImage(Buffer.from('nothing known'), 5))).toBe('bad-compression');
  expect(await codeOf(bzImage(zstd, 2 ** 31))).toBe('too-large');
  expect(await codeOf(bzImage(XZ, 1033).subarray(0, 1200))).toBe('truncated');
});
