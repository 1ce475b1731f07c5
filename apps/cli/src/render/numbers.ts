// Numbers as people read them. JSON output carries the plain numbers instead.

/** `1,234,567` */
export const grouped = (value: number | bigint): string => value.toString().replace(/\B(?=(\d{3})+$)/g, ',');

/** `0x1f0`, as pahole and crash dumps write offsets. */
export const hex = (value: number): string => `0x${value.toString(16)}`;

/** Decimal and hexadecimal side by side: `496 (0x1f0)`. */
export const decHex = (value: number): string => `${value} (${hex(value)})`;

/** `1 kernel`, `12 kernels` */
export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${grouped(count)} ${count === 1 ? noun : many}`;

/** `812 B`, `4.5 MB`: powers of 1000, as disks and file managers count. */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `0.8 s`, `42 s`, `3 min 5 s` */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
