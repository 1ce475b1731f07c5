// Buffers for the logs that a kernel writes. libbpf: BPF_LOG_BUF_SIZE, and how it grows them.

/** BPF_LOG_BUF_SIZE: the most that kernels up to 5.1 take. */
const FIRST_SIZE = 0xffffff;
/** libbpf goes on to 4 GiB; a log of half a gigabyte has said enough. */
const MAX_SIZE = 1 << 29;

/** The size after this one; undefined where it ends. 0 stands for none yet. */
export function nextLogSize(size: number): number | undefined {
  const next = Math.max(FIRST_SIZE, size * 2);
  return next > MAX_SIZE ? undefined : next;
}

/** A fresh buffer. */
export function logBuffer(size: number): Uint8Array {
  return new Uint8Array(size);
}

/** The text in a buffer, up to its NUL. */
export function logText(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(end < 0 ? buffer : buffer.subarray(0, end));
}
