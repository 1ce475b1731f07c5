// The running machine: /sys/kernel/btf, named by uname and os-release.

import { readFile } from 'node:fs/promises';
import { machine, release } from 'node:os';
import { archAlias } from './arch.ts';
import { kernelDistro, parseOsRelease } from './distro.ts';
import type { KernelIdentity } from './identity.ts';

/** Where the kernel shows its BTF, and that of its modules. */
export const SYSFS_BTF = '/sys/kernel/btf';

/** Where it shows its configuration, if it was built to. */
export const PROC_CONFIG = '/proc/config.gz';

/** Whether a file is the running kernel's own BTF. */
export function isSysfs(path: string): boolean {
  return path.startsWith(`${SYSFS_BTF}/`);
}

/** The notes of the running kernel, of which one is its build id; empty where it does not show them. */
export async function systemNotes(): Promise<Uint8Array> {
  return await readFile('/sys/kernel/notes').catch(() => new Uint8Array(0));
}

/** The identity of the running kernel. In a container the kernel is the host's: its distribution is wrong there. */
export async function systemIdentity(): Promise<Partial<KernelIdentity>> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const distro = parseOsRelease(text);
  return { ...(distro && kernelDistro(distro)), arch: archAlias(machine()), release: release() };
}
