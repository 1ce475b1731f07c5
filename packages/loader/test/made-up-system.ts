// A kernel that is made up: it takes everything that a test does not refuse.

import { type BpfCall, BpfCommand, type BpfSystem } from '@btfq/loader';

const ENOENT = 2;

/** What the test says to a call; undefined: what a kernel says that takes everything. */
export type Answer = (call: BpfCall, attributes: DataView) => number | undefined;

/** Gives each call a new descriptor, or 0, unless `answer` says something else. */
export class MadeUpSystem implements BpfSystem {
  readonly calls: { readonly command: number; readonly attributes: DataView }[] = [];
  readonly open = new Set<number>();
  #next = 10;
  readonly #answer: Answer;

  constructor(answer: Answer = () => undefined) {
    this.#answer = answer;
  }

  bpf(call: BpfCall): number {
    const copy = Uint8Array.from(call.attributes.bytes);
    this.calls.push({ command: call.command, attributes: new DataView(copy.buffer) });
    const attributes = new DataView(call.attributes.bytes.buffer);
    const told = this.#answer(call, attributes);
    if (told !== undefined) return told;
    if (call.command === BpfCommand.ObjGet || call.command === BpfCommand.BtfGetNextId) return -ENOENT;
    if (NO_FD.has(call.command)) return 0;
    this.open.add(this.#next);
    return this.#next++;
  }

  close(fd: number): void {
    if (!this.open.delete(fd)) throw new Error(`close of ${fd}, which is not open`);
  }

  of(command: number): DataView[] {
    return this.calls.filter((call) => call.command === command).map(({ attributes }) => attributes);
  }
}
const NO_FD: ReadonlySet<number> = new Set([
  BpfCommand.MapUpdateElem,
  BpfCommand.MapFreeze,
  BpfCommand.ObjPin,
  BpfCommand.ObjGetInfoByFd,
  BpfCommand.ProgBindMap,
]);

/** Name of a program that is being loaded. */
export const nameOf = (attributes: DataView) =>
  new TextDecoder().decode(new Uint8Array(attributes.buffer, attributes.byteOffset + 48, 16)).replace(/\0.*/s, '');
export const isLoadOf = (name: string, call: BpfCall, attributes: DataView) =>
  call.command === BpfCommand.ProgLoad && nameOf(attributes) === name;
export const memoryAt = (call: BpfCall, address: bigint) =>
  call.memory.find((region) => region.address === Number(address))?.bytes as Uint8Array;
