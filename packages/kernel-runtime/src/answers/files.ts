// File descriptors and user memory, answered by the host.
import { EmulatorError } from '@btfq/emulator';
import type { Session } from '../session.ts';

/** anon_inode_getfd(name, operations, private data, flags). */
export function openDescriptor(session: Session): bigint {
  const { emulator } = session.machine;
  return BigInt(session.files.open(emulator.argument(1), emulator.argument(2)));
}

/** fget(fd) and its kin: the struct file. Those that return flags with it return them as 0. */
export function fileOf(session: Session): bigint {
  return session.files.fileOf(Number(session.machine.emulator.argument(0) & 0xffffffffn));
}

const USER_END = 1n << 47n;

/** Copies between user and kernel memory, page by page; gives how many bytes could not be copied. */
function copy(session: Session, from: bigint, to: bigint, count: bigint, user: bigint): bigint {
  const { emulator } = session.machine;
  if (user + count > USER_END) return count;
  let done = 0n;
  try {
    while (done < count) {
      const length = [count - done, 4096n - ((from + done) & 0xfffn), 4096n - ((to + done) & 0xfffn)].reduce((a, b) =>
        a < b ? a : b,
      );
      emulator.write(to + done, emulator.read(from + done, Number(length)));
      done += length;
    }
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
  }
  return count - done;
}

/** copy_from_user(to, from, count). */
export function copyFromUser(session: Session): bigint {
  const { emulator } = session.machine;
  const [to, from, count] = [emulator.argument(0), emulator.argument(1), emulator.argument(2)];
  const left = copy(session, from, to, count, from);
  // What could not be copied is zero, as in the kernel.
  if (left > 0n) emulator.zero(to + count - left, Number(left));
  return left;
}

/** copy_to_user(to, from, count). */
export function copyToUser(session: Session): bigint {
  const { emulator } = session.machine;
  const to = emulator.argument(0);
  return copy(session, emulator.argument(1), to, emulator.argument(2), to);
}

const EFAULT = -14n;

/** strncpy_from_user(to, from, count): the length without the NUL, or `count` where there is none. */
export function stringFromUser(session: Session): bigint {
  const { emulator } = session.machine;
  const [to, from, count] = [emulator.argument(0), emulator.argument(1), Number(emulator.argument(2))];
  if (from >= USER_END) return EFAULT;
  try {
    for (let length = 0; length < count; length++) {
      const byte = emulator.read(from + BigInt(length), 1);
      emulator.write(to + BigInt(length), byte);
      if (byte[0] === 0) return BigInt(length);
    }
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    return EFAULT;
  }
  return BigInt(count);
}

const ENOENT = -2n;
/** Bytes of a struct dentry, and more. */
const DENTRY = 512n;

/**
 * kern_path(name, flags, path) and, with a directory before them, user_path_at(): there is one directory, the root, and nothing in
 * it. A dentry of zeros is neither a file nor a directory, which is all that bpf() asks of it (libbpf tries a link to `/` to see
 * whether there are multi-uprobes). Nothing is pinned anywhere.
 */
export const pathOf =
  (nameArgument: number) =>
  (session: Session): bigint => {
    const { emulator, heap } = session.machine;
    const name = emulator.read(emulator.argument(nameArgument), 2);
    if (name[0] !== 0x2f || name[1] !== 0) return ENOENT;
    const path = emulator.argument(nameArgument + 2);
    emulator.writeNumber(path, 8, 0n);
    emulator.writeNumber(path + 8n, 8, heap.allocate(DENTRY));
    return 0n;
  };
