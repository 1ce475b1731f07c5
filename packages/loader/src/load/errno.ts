// Error numbers by name, as libbpf's messages give them. include/uapi/asm-generic/errno*.h; libbpf_utils.c.

const NAMES: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  3: 'ESRCH',
  4: 'EINTR',
  5: 'EIO',
  7: 'E2BIG',
  9: 'EBADF',
  11: 'EAGAIN',
  12: 'ENOMEM',
  13: 'EACCES',
  14: 'EFAULT',
  16: 'EBUSY',
  17: 'EEXIST',
  19: 'ENODEV',
  22: 'EINVAL',
  23: 'ENFILE',
  24: 'EMFILE',
  28: 'ENOSPC',
  34: 'ERANGE',
  36: 'ENAMETOOLONG',
  38: 'ENOSYS',
  75: 'EOVERFLOW',
  92: 'ENOPROTOOPT',
  95: 'EOPNOTSUPP',
  103: 'ECONNABORTED',
  110: 'ETIMEDOUT',
  114: 'EALREADY',
  115: 'EINPROGRESS',
  524: 'ENOTSUPP',
};

/** `-EINVAL` for 22 or -22; the bare number where it has no name. */
export function errnoName(errno: number): string {
  const name = NAMES[Math.abs(errno)];
  return name === undefined ? `-${Math.abs(errno)}` : `-${name}`;
}
