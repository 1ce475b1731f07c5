// Known results of whole functions that kernels have: sort, vsnprintf, sha1_transform, memcpy. For code that is emulated, the kernel's
// own or ours alike.
import { createHash } from 'node:crypto';

/** Code in memory. */
export interface FunctionHost {
  readonly arch: 'x86_64' | 'arm64';
  /** Whether there is a function of that name. */
  has(name: string): boolean;
  /** Its result, unsigned. */
  call(name: string, args: readonly bigint[]): bigint;
  /** Zeroed memory that stays. */
  allocate(size: number): bigint;
  write(address: bigint, bytes: Uint8Array): void;
  read(address: bigint, size: number): Uint8Array;
  /** The address of a function that compares two signed numbers of 64 bits, as `sort` calls it. */
  readonly compare: bigint;
}

/** What a function gave, and what it should have given. */
export interface FunctionResult {
  readonly name: string;
  readonly case: string;
  readonly got: string;
  readonly expected: string;
}

const encoder = new TextEncoder();

/** Runs those of the functions that there are. */
export function runWholeFunctions(host: FunctionHost): FunctionResult[] {
  return [
    ...(host.has('memcpy') ? copies(host) : []),
    ...(host.has('sort') ? sorts(host) : []),
    ...(host.has('vsnprintf') ? texts(host) : []),
    ...(host.has('sha1_transform') ? [hash(host)] : []),
  ];
}

/** Numbers that look random, the same each time. */
function numbers(count: number): bigint[] {
  let state = 0x9e3779b97f4a7c15n;
  return Array.from({ length: count }, () => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return BigInt.asIntN(64, state ^ (state >> 33n));
  });
}

function bytesOf(values: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values).buffer);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function* copies(host: FunctionHost): Generator<FunctionResult> {
  for (const size of [0, 1, 7, 8, 15, 64, 257, 5000]) {
    const [from, to] = [host.allocate(size + 8), host.allocate(size + 8)];
    const bytes = bytesOf(numbers(Math.ceil(size / 8) + 1)).subarray(0, size + 1);
    host.write(from, bytes);
    const returned = host.call('memcpy', [to, from, BigInt(size)]);
    const expected = `${to} ${hex(bytes.subarray(0, size))}00`;
    yield { name: 'memcpy', case: `${size} bytes`, got: `${returned} ${hex(host.read(to, size + 1))}`, expected };
  }
}

function* sorts(host: FunctionHost): Generator<FunctionResult> {
  for (const count of [0, 1, 2, 3, 10, 1000]) {
    const values = numbers(count).map((value, i) => (i % 5 === 0 ? value >> 60n : value));
    const at = host.allocate(count * 8 + 8);
    host.write(at, bytesOf(values));
    // The kernel's has a function that swaps as its last argument: none here.
    host.call('sort', [at, BigInt(count), 8n, host.compare, 0n]);
    const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const got = hex(host.read(at, count * 8));
    yield { name: 'sort', case: `${count} numbers`, got, expected: hex(bytesOf(sorted)) };
  }
}

const TEXTS: readonly (readonly [format: string, args: readonly (bigint | string)[], text: string])[] = [
  ['plain', [], 'plain'],
  ['%d %u', [-7n, 7n], '-7 7'],
  ['%ld', [-(2n ** 63n)], '-9223372036854775808'],
  ['%lx %x', [0xffff_ffff_8100_0000n, 0xabcn], 'ffffffff81000000 abc'],
  ['[%5d] [%05d] [%016lx]', [42n, -42n, 0xdeadn], '[   42] [-0042] [000000000000dead]'],
  ['%s: %c%c %d%%', ['R1 min value', 0x61n, 0x62n, 100n], 'R1 min value: ab 100%'],
  ['%d %d %d %d %d %d %d %d', [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n], '1 2 3 4 5 6 7 8'],
];

function* texts(host: FunctionHost): Generator<FunctionResult> {
  for (const size of [128, 8]) {
    for (const [format, args, text] of TEXTS) {
      const buffer = host.allocate(256);
      const length = host.call('vsnprintf', [buffer, BigInt(size), string(host, format), argumentList(host, args)]);
      const got = `${BigInt.asIntN(32, length)} ${Buffer.from(host.read(buffer, size + 1)).toString('latin1')}`;
      const fits = text.slice(0, size - 1);
      yield {
        name: 'vsnprintf',
        case: `${size} bytes: ${format}`,
        got,
        expected: `${text.length} ${fits.padEnd(size + 1, '\0')}`,
      };
    }
  }
}

function string(host: FunctionHost, text: string): bigint {
  const at = host.allocate(text.length + 1);
  host.write(at, encoder.encode(text));
  return at;
}

/** A va_list whose arguments all lie on the stack. */
function argumentList(host: FunctionHost, args: readonly (bigint | string)[]): bigint {
  const values = host.allocate(args.length * 8 + 8);
  host.write(values, bytesOf(args.map((arg) => BigInt.asIntN(64, typeof arg === 'string' ? string(host, arg) : arg))));
  const list = host.allocate(32);
  const view = new DataView(new ArrayBuffer(32));
  if (host.arch === 'x86_64') {
    // gp_offset and fp_offset: all registers are used up; overflow_arg_area
    view.setUint32(0, 48, true);
    view.setUint32(4, 176, true);
    view.setBigUint64(8, values, true);
  } else view.setBigUint64(0, values, true); // __stack; __gr_offs 0: all registers are used up
  host.write(list, new Uint8Array(view.buffer));
  return list;
}

/** One block, with its padding: the hash of a short text. */
function hash(host: FunctionHost): FunctionResult {
  const text = 'The verifier is a function, and it is in the image.';
  const block = new Uint8Array(64);
  block.set(encoder.encode(text));
  block[text.length] = 0x80;
  new DataView(block.buffer).setUint32(60, text.length * 8);
  const [digest, data, work] = [host.allocate(20), host.allocate(64), host.allocate(320)];
  host.write(digest, new Uint8Array(Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0).buffer));
  host.write(data, block);
  host.call('sha1_transform', [digest, data, work]);
  const words = new DataView(host.read(digest, 20).slice().buffer);
  const got = [0, 4, 8, 12, 16].map((at) => words.getUint32(at, true).toString(16).padStart(8, '0')).join('');
  return { name: 'sha1_transform', case: 'one block', got, expected: createHash('sha1').update(text).digest('hex') };
}
