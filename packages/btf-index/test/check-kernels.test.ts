// A catalogue with everything wrong that can be, next to kernels that are right.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfBuilder } from '@btfq/btf-format';
import { checkKernels, ingestKernel, kernels, openIndex } from '@btfq/btf-index';
import { expect, onTestFinished, test } from 'vitest';

/** A kernel's BTF by what is checked: how many types, whether it has tasks, how large lockdep_map is. */
function btf({ types = 6000, task = true, lockdep = 0, seed = 0, mark = '' } = {}): Uint8Array {
  const builder = new BtfBuilder();
  const int = builder.addInt('int', 4, 1);
  if (task) {
    builder.addStruct('task_struct', 8);
    builder.addField('pid', int, 0);
  }
  builder.addStruct('lockdep_map', lockdep);
  if (mark !== '') builder.addStruct(mark, 8);
  builder.addTypedef(`seed${seed}`, int);
  for (let at = 0; at < types; at++) builder.addTypedef(`t${at}`, int);
  return builder.build();
}

const banner = (release: string) =>
  `Linux version ${release} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0) #1 SMP Debian 6.1.187-1 (2026-09-07)`;

test('kernels --check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'btfq-check-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const index = openIndex(join(folder, 'a.db'));
  onTestFinished(() => index.close());
  const add = (name: string, bytes: Uint8Array, own?: string) => {
    const [distro = '', version = '', arch = '', release = ''] = name.split('/');
    const identity = { distro, version, arch, release };
    ingestKernel(index, { identity, btf: bytes, identified: 'distro: flag', ...(own && { banner: own }) });
  };
  add('debian/12/x86_64/6.1.0-53-amd64', btf(), banner('6.1.0-53-amd64'));
  add('debian/bookworm/x86_64/6.1.0-53-amd64', btf(), banner('6.1.0-53-amd64'));
  add('debian/13/x86_64/6.1.0-54-amd64', btf({ seed: 1 }), banner('6.1.0-54-amd64'));
  add('ubuntu/22.04/x86_64/6.1.0-55-amd64', btf({ seed: 2 }), banner('6.1.0-55-amd64'));
  add('debian/12/x86_64/6.1.0-56-amd64', btf({ seed: 3 }), banner('6.1.0-57-amd64'));
  add('rhel/9/x86_64/5.14.0-1.el9', btf({ seed: 4 }));
  add('rocky/9/x86_64/5.14.0-1.el9', btf({ seed: 5 }));
  add('x/1/x86_64/1.0.0', btf({ task: false }));
  add('x/1/x86_64/2.0.0', btf({ types: 10 }));
  add('x/1/x86_64/3.0.0', btf({ lockdep: 48 }));
  add('x/1/x86_64/3.0.0+debug', btf({ lockdep: 48, seed: 6 }));
  add('x/1/x86_64/4.0.0-debug', btf({ seed: 7 }));
  for (const patch of [1, 2, 3]) add(`y/1/x86_64/5.0.${patch}`, btf({ seed: 10 + patch }));
  add('y/1/x86_64/5.0.4', btf({ types: 12_000 }));
  add('z/1/arm64/6.0.0', btf({ seed: 20, mark: 'cpuinfo_arm64' }));
  add('z/1/s390x/6.0.1', btf({ seed: 21, mark: 'cpuinfo_arm64' }));
  add('z/1/i686/6.0.1', btf({ seed: 22, mark: 'cpuinfo_x86' }));
  add('z/1/x86_64/6.0.2', btf({ seed: 23, mark: 'cpuinfo_x86' }));
  add('z/1/x86_64/6.0.3', btf({ seed: 23, mark: 'cpuinfo_x86' }));
  add('z/1/x86_64/6.2.0', btf({ seed: 23, mark: 'cpuinfo_x86' }));

  expect(checkKernels(index).map(({ level, code, kernel }) => `${level} ${code} ${kernel}`)).toEqual([
    'problem banner debian/13/x86_64/6.1.0-54-amd64',
    'problem banner debian/12/x86_64/6.1.0-56-amd64',
    'note same-release rocky/9/x86_64/5.14.0-1.el9',
    'problem banner ubuntu/22.04/x86_64/6.1.0-55-amd64',
    'problem not-a-kernel x/1/x86_64/1.0.0',
    'problem too-small x/1/x86_64/2.0.0',
    'problem debug-kernel x/1/x86_64/3.0.0',
    'note debug-kernel x/1/x86_64/4.0.0-debug',
    'problem unlike-its-series y/1/x86_64/5.0.4',
    'problem other-architecture z/1/s390x/6.0.1',
    'problem same-content z/1/x86_64/6.2.0',
  ]);
  expect(kernels(index)[0]).toMatchObject({ identified: 'distro: flag', banner: banner('6.1.0-53-amd64') });
});
