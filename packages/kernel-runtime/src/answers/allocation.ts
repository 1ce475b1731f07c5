// Allocation, answered from the heap.
import type { Session } from '../session.ts';

type Respond = (session: Session) => bigint;

const argument = (session: Session, n: number): bigint => session.machine.emulator.argument(n);

/** A piece whose size is the n-th argument. */
export const allocate =
  (n: number): Respond =>
  (session) =>
    session.machine.heap.allocate(argument(session, n));

/** Sizes that two arguments give as a product. */
export const allocateProduct =
  (n: number, size: number): Respond =>
  (session) =>
    session.machine.heap.allocate(argument(session, n) * argument(session, size));

/** Whole pages, however many. */
export const allocatePages =
  (count: number): Respond =>
  (session) =>
    session.machine.heap.allocate(BigInt(count * 4096));

/** vmap(pages, count): as many pages as are given. */
export const allocatePage: Respond = (session) => session.machine.heap.allocate(argument(session, 1) * 4096n);

/** Per-CPU memory of the one CPU: its address lies the CPU's offset lower. */
export const allocatePerCpu =
  (n: number): Respond =>
  (session) => {
    const { heap, perCpuOffset } = session.machine;
    const piece = heap.allocate(argument(session, n));
    return piece === 0n ? 0n : BigInt.asUintN(64, piece - perCpuOffset);
  };

export const freePerCpu: Respond = (session) => {
  const { heap, perCpuOffset } = session.machine;
  heap.free(BigInt.asUintN(64, argument(session, 0) + perCpuOffset));
  return 0n;
};

export const freeArgument =
  (n: number): Respond =>
  (session) => {
    session.machine.heap.free(argument(session, n));
    return 0n;
  };

/** krealloc(piece, size). */
export const reallocate: Respond = (session) =>
  session.machine.heap.reallocate(argument(session, 0), argument(session, 1));

export const pieceSize: Respond = (session) => BigInt(session.machine.heap.sizeOf(argument(session, 0)));

/** Bytes of a struct vm_struct, and more; its address and size lie behind one pointer. */
const AREA = 128n;
/** Where areas would begin: vmalloc's range, behind the stack that is used here. */
const AREAS = { x86_64: 0xffffc90100000000n, arm64: 0xffff8000a0000000n } as const;

/** get_vm_area(size, flags): a struct that describes addresses. Of several areas all have the same: nothing is mapped there. */
export const allocateArea: Respond = (session) => {
  const { heap, emulator, arch } = session.machine;
  const area = heap.allocate(AREA);
  if (area === 0n) return 0n;
  emulator.writeNumber(area + 8n, 8, AREAS[arch]);
  emulator.writeNumber(area + 16n, 8, argument(session, 0));
  return area;
};
