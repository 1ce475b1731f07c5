// Recordings of the bpf() calls that libbpf 1.8 made while it loaded objects on booted kernels, and a system that answers
// from one, comparing each call with libbpf's to the byte.
//
// A recording is text. `B HASH HEX` names bytes. `L INDEX` begins a load, `E ERRNO HEX` ends it with libbpf's messages.
// `C COMMAND RESULT ATTRIBUTES NAME=HASH... > OUTPUT...` is one call: its attributes with pointers made 0 (1 where only
// being there counts), what they pointed to, and what the kernel wrote. File descriptors are 1000 plus the number of the
// call that returned them, so that they do not depend on a process. `O ERRNO`: libbpf did not open the object.
// fixtures/tools/record.c writes them.

import type { BpfCall, BpfSystem } from '@btfq/loader';
import { BpfCommand } from '@btfq/loader';

/** One call as it was recorded, or as it is made now. */
export interface RecordedCall {
  readonly command: number;
  readonly attributes: string;
  /** What the attributes point to, by name, in hex. */
  readonly buffers: Readonly<Record<string, string>>;
}

/** What the kernel answered. */
interface Answer {
  readonly result: number;
  readonly outputs: Readonly<Record<string, string>>;
}

/** One load of an object. */
export interface RecordedLoad {
  /** Index of the program that was loaded alone. */
  readonly index: number;
  readonly calls: readonly (RecordedCall & Answer)[];
  /** bpf_object__load's, negative. */
  readonly errno: number;
  readonly messages: string;
}

/** The recordings of one kernel (fixtures/tools/pack-recordings.ts). */
export interface KernelRecordings {
  /** Of the fixtures. */
  readonly kernel: string;
  readonly release: string;
  readonly version: string;
  readonly kconfig: string;
  readonly symbols: readonly (readonly [address: string, type: string, name: string])[];
  readonly recordings: readonly {
    readonly object: string;
    readonly mode: 'each' | 'log' | 'whole';
    readonly loads: RecordedLoad[] | undefined;
  }[];
}

/** Reads a packed file, decompressed. */
export function parsePacked(text: string): KernelRecordings {
  const [head = '', ...parts] = text.split(/^R /m);
  const bytes = new Map<string, string>();
  return {
    ...(JSON.parse(head.slice(2)) as Omit<KernelRecordings, 'recordings'>),
    recordings: parts.map((part) => {
      const end = part.indexOf('\n');
      const [object = '', mode = ''] = part.slice(0, end).split(' ');
      return { object, mode: mode as 'each', loads: parseRecording(part.slice(end + 1), bytes) };
    }),
  };
}

/** Reads a recording; undefined where libbpf did not open the object. `bytes`: what other recordings have named. */
export function parseRecording(text: string, bytes = new Map<string, string>()): RecordedLoad[] | undefined {
  const loads: { index: number; calls: (RecordedCall & Answer)[]; errno: number; messages: string }[] = [];
  const named = (words: readonly string[]) =>
    Object.fromEntries(
      words.map((word) => {
        const [name = '', value = ''] = word.split('=');
        return [name, name.startsWith('@') ? value : (bytes.get(value) ?? '?')];
      }),
    );
  for (const line of text.split('\n')) {
    const [kind, ...words] = line.split(' ');
    const load = loads.at(-1);
    if (kind === 'B') bytes.set(words[0]!, words[1] ?? '');
    else if (kind === 'O') return undefined;
    else if (kind === 'L') loads.push({ index: Number(words[0]), calls: [], errno: 0, messages: '' });
    else if (kind === 'E' && load !== undefined) {
      load.errno = Number(words[0]);
      load.messages = Buffer.from(words[1] ?? '', 'hex').toString();
    } else if (kind === 'C' && load !== undefined) {
      const [command = '', result = '', attributes = '', ...rest] = words;
      const arrow = rest.indexOf('>');
      load.calls.push({
        command: Number(command),
        result: Number(result),
        attributes,
        buffers: named(rest.slice(0, arrow)),
        outputs: named(rest.slice(arrow + 1)),
      });
    }
  }
  return loads;
}

/** The first call that was not libbpf's. */
export class Divergence extends Error {
  readonly call: number;
  readonly expected: RecordedCall | undefined;
  readonly found: RecordedCall;

  constructor(call: number, expected: RecordedCall | undefined, found: RecordedCall) {
    super(`call ${call}: ${describeDifference(expected, found)}`);
    this.call = call;
    this.expected = expected;
    this.found = found;
  }
}

function describeDifference(expected: RecordedCall | undefined, found: RecordedCall): string {
  if (expected === undefined) return `libbpf makes no further call, and here is ${found.command}`;
  if (expected.command !== found.command) return `command ${found.command}, libbpf's is ${expected.command}`;
  const parts: string[] = [];
  if (expected.attributes !== found.attributes) {
    const [a, b] = [expected.attributes, found.attributes];
    for (let i = 0; i < Math.max(a.length, b.length); i += 8) {
      if (a.slice(i, i + 8) !== b.slice(i, i + 8))
        parts.push(`at ${i / 2}: ${b.slice(i, i + 8)} for ${a.slice(i, i + 8)}`);
    }
  }
  for (const name of new Set([...Object.keys(expected.buffers), ...Object.keys(found.buffers)])) {
    const [a, b] = [expected.buffers[name] ?? '', found.buffers[name] ?? ''];
    if (a === b) continue;
    let at = 0;
    while (a[at] === b[at]) at++;
    at -= at % 16;
    parts.push(
      `${name} (${b.length / 2} bytes for ${a.length / 2}) at ${at / 2}: ${b.slice(at, at + 32)} for ${a.slice(at, at + 32)}`,
    );
  }
  return `command ${found.command}: ${parts.join('; ')}`;
}

const TOKEN_CREATE = 36;

/** Answers from a recording. `begin` before each load, `rest` after it. */
export class ReplaySystem implements BpfSystem {
  #calls: readonly (RecordedCall & Answer)[] = [];
  #next = 0;
  readonly #maps = new Map<number, { readonly keySize: number; readonly valueSize: number; readonly type: number }>();
  /** What was called, for those who want to look. */
  made = 0;

  /** The calls of one load. BPF_TOKEN_CREATE needs a mounted file system, which the loader does not ask for. */
  begin(load: RecordedLoad): void {
    this.#calls = load.calls.filter(({ command }) => command !== TOKEN_CREATE);
    this.#next = 0;
  }

  /** How many of libbpf's calls were not made. */
  get rest(): number {
    return this.#calls.length - this.#next;
  }

  bpf(call: BpfCall): number {
    const found = this.#canonical(call);
    const expected = this.#calls[this.#next];
    const same =
      expected !== undefined &&
      expected.command === found.command &&
      expected.attributes === found.attributes &&
      sameBuffers(expected.buffers, found.buffers);
    if (!same) throw new Divergence(this.#next, expected, found);
    this.#next++;
    this.made++;
    const answer = expected as RecordedCall & Answer;
    this.#answer(call, answer);
    if (call.command === BpfCommand.MapCreate && answer.result >= 0) {
      const view = viewOf(call.attributes.bytes);
      const [type, keySize, valueSize] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
      this.#maps.set(answer.result, { type, keySize, valueSize });
    }
    return answer.result;
  }

  close(): void {}

  /** The call in the recording's form. */
  #canonical(call: BpfCall): RecordedCall {
    const attributes = Uint8Array.from(call.attributes.bytes);
    const view = viewOf(attributes);
    const buffers: Record<string, string> = {};
    const pointed = (offset: number, name: string, length?: number) => {
      const bytes = region(call, Number(view.getBigUint64(offset, true)));
      if (bytes !== undefined) buffers[name] = hex(length === undefined ? bytes : bytes.subarray(0, length));
    };
    const clear = (...offsets: readonly number[]) => {
      for (const offset of offsets) if (offset + 8 <= attributes.length) view.setBigUint64(offset, 0n, true);
    };
    const present = (offset: number) => {
      if (view.getBigUint64(offset, true) !== 0n) view.setBigUint64(offset, 1n, true);
    };
    switch (call.command) {
      case BpfCommand.MapUpdateElem: {
        const map = this.#maps.get(view.getUint32(0, true));
        pointed(8, 'key', map?.keySize);
        pointed(16, 'value', map !== undefined && [3, 12, 13].includes(map.type) ? 4 : map?.valueSize);
        clear(8, 16);
        break;
      }
      case BpfCommand.ProgLoad:
        for (const [offset, name] of PROGRAM_POINTERS) if (offset + 8 <= attributes.length) pointed(offset, name);
        clear(8, 16, 80, 96, 128, 152);
        present(32);
        if (attributes.length > 128) present(120);
        break;
      case BpfCommand.ObjGet:
      case BpfCommand.ObjPin:
        pointed(0, 'path');
        clear(0);
        break;
      case BpfCommand.ObjGetInfoByFd:
        clear(8);
        break;
      case BpfCommand.BtfLoad:
        pointed(0, 'btf');
        clear(0);
        present(8);
        break;
      case BpfCommand.LinkCreate:
        clear(16, 24, 32, 40);
        break;
    }
    return { command: call.command, attributes: hex(attributes), buffers };
  }

  /** Writes what the kernel wrote. */
  #answer(call: BpfCall, { outputs }: Answer): void {
    const view = viewOf(call.attributes.bytes);
    for (const [name, value] of Object.entries(outputs)) {
      if (name.startsWith('@')) view.setUint32(Number(name.slice(1)), Number(value), true);
    }
    const put = (address: bigint, name: string) => {
      const content = outputs[name];
      if (content !== undefined) region(call, Number(address))?.set(Buffer.from(content, 'hex'));
    };
    if (call.command === BpfCommand.ProgLoad) put(view.getBigUint64(32, true), 'log');
    if (call.command === BpfCommand.BtfLoad) put(view.getBigUint64(8, true), 'log');
    if (call.command !== BpfCommand.ObjGetInfoByFd) return;
    const info = region(call, Number(view.getBigUint64(8, true)));
    if (info === undefined) return;
    const [btf, name] = [0, 16].map((at) => viewOf(info).getBigUint64(at, true)) as [bigint, bigint];
    put(btf, 'btf');
    put(name, 'name');
    put(view.getBigUint64(8, true), 'info');
  }
}

const PROGRAM_POINTERS = [
  [8, 'insns'],
  [16, 'license'],
  [80, 'func_info'],
  [96, 'line_info'],
  [120, 'fd_array'],
] as const;

function sameBuffers(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function region(call: BpfCall, address: number): Uint8Array | undefined {
  return call.memory.find((entry) => entry.address === address)?.bytes;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const hex = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
