// Where functions are called from: the direct calls and jumps in the image's code that lead to given addresses.
import type { KernelMemory } from '@btfq/kernel-tables';

/** A call of `target` at `address`. */
export interface CallSite {
  readonly address: bigint;
  readonly target: bigint;
}

/** Finds all direct calls of any of the targets. x86-64: call and jmp; arm64: bl and b. */
export function findCallSites(memory: KernelMemory, targets: ReadonlySet<bigint>): CallSite[] {
  const sites: CallSite[] = [];
  for (const region of memory.regions) {
    if (region.address >> 40n === 0n) continue;
    // Distances from the region's beginning are numbers, which compare faster than addresses.
    const wanted = new Map<number, bigint>();
    for (const target of targets) wanted.set(Number(target - region.address), target);
    const found = memory.arch === 'arm64' ? branchesOfArm64 : branchesOfX86;
    found(region.bytes, region.view, (at, distance) => {
      const target = wanted.get(distance);
      if (target !== undefined) sites.push({ address: region.address + BigInt(at), target });
    });
  }
  return sites;
}

type Visit = (at: number, distance: number) => void;

function branchesOfX86(bytes: Uint8Array, view: DataView, visit: Visit): void {
  for (const opcode of [0xe8, 0xe9]) {
    for (let at = bytes.indexOf(opcode); at >= 0 && at + 5 <= bytes.length; at = bytes.indexOf(opcode, at + 1)) {
      visit(at, at + 5 + view.getInt32(at + 1, true));
    }
  }
}

function branchesOfArm64(bytes: Uint8Array, view: DataView, visit: Visit): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at, true);
    if ((word & 0x7c000000) === 0x14000000) visit(at, at + ((word << 6) >> 4));
  }
}

/** The targets of all direct calls in a range of code. */
export function calleesOf(memory: KernelMemory, start: bigint, end: bigint): Set<bigint> {
  const bytes = memory.bytes(start, Number(end - start));
  const callees = new Set<bigint>();
  if (bytes === undefined) return callees;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = memory.arch === 'arm64' ? branchesOfArm64 : branchesOfX86;
  found(bytes, view, (_at, distance) => {
    if (distance < 0 || distance >= bytes.length) callees.add(start + BigInt(distance));
  });
  return callees;
}
