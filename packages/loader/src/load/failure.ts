// The end of a load that libbpf gives up. Internal: loadObject turns it into a result.

/** libbpf's error number, positive. */
export class LoadFailure extends Error {
  readonly errno: number;

  constructor(errno: number) {
    super(`load failed: ${errno}`);
    this.errno = errno;
  }
}
