// Every bpf() call, to the byte, as libbpf 1.8 made it for the same objects on booted kernels: attributes, instructions,
// BTF, contents of maps, and their order; and the error that it returned and most of what it said.

import { loadBtf } from '@btfq/btf-format';
import { type LoaderKernel, loadObject, openObject } from '@btfq/loader';
import { fixtureBytes, kernelBtf } from '@btfq/test-kit';
import { describe, expect, it } from 'vitest';
import { type KernelRecordings, parsePacked, ReplaySystem } from './recording.ts';
import { truthSettings } from './truth-settings.ts';

const KERNELS = ['5.10.0-32-cloud-amd64', '6.1.0-50-cloud-amd64', '7.2.13+deb14-cloud-amd64'];

describe.each(KERNELS)('%s', (release) => {
  const packed = parsePacked(new TextDecoder().decode(fixtureBytes(`loads/${release}.recordings.gz`)));
  const vmlinux = loadBtf(kernelBtf(packed.kernel));

  it.each(packed.recordings.map((recording) => [recording.object, recording.mode, recording] as const))(
    '%s, %s',
    (name, mode, { loads }) => {
      const object = openObject(fixtureBytes(`loads/${name}.bpf.o`), { path: `/objs/${name}.bpf.o` });
      const system = new ReplaySystem();
      const kernel = kernelOf(packed, system, vmlinux);
      expect(loads?.length).toBeGreaterThan(0);
      for (const load of loads ?? []) {
        system.begin(load);
        const result = loadObject(object, kernel, truthSettings(object, mode, load.index));
        expect({ index: load.index, rest: system.rest }).toEqual({ index: load.index, rest: 0 });
        expect({ index: load.index, errno: result.errno }).toEqual({ index: load.index, errno: Math.abs(load.errno) });
        expect(withoutFds(result.messages.join('\n'))).toBe(withoutFds(messagesOf(load.messages)));
      }
    },
  );
});

const withoutFds = (text: string) => text.replace(/fd=\d+/g, 'fd=N');

/** libbpf's without its prefix, the log, which is elsewhere, and what it says of limits of its process. */
function messagesOf(text: string): string {
  return text
    .replace(/libbpf: prog '[^']*': -- BEGIN PROG LOAD LOG --.*?(?=libbpf: )/gs, '')
    .replace(/^libbpf: (Failed to bump RLIMIT_MEMLOCK|permission error while running as root).*\n/gm, '')
    .replace(/^libbpf: /gm, '')
    .trimEnd();
}

function kernelOf(packed: KernelRecordings, system: ReplaySystem, vmlinux: ReturnType<typeof loadBtf>): LoaderKernel {
  const { release, version, kconfig, symbols } = packed;
  return {
    system,
    release,
    version,
    machine: 'x86_64',
    vmlinux,
    kconfig,
    symbols: () => symbols.map(([address, type, name]) => ({ address: BigInt(`0x${address}`), type, name })),
  };
}
