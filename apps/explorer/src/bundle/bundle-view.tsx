// Bundle check: os-release and `uname -r` in; for each reader whether it finds a BTF in a bundle of this index's kernels,
// and what it asks for. Done in the page, by the same lookups as `btfq bundle check`.
import { useState } from 'preact/hooks';
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { Page } from '../parts/page.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { BundleAnswer } from './bundle-answer.tsx';
import type { DroppedBundle } from './bundle-file.ts';
import { ChooseBundle } from './choose-bundle.tsx';

const EXAMPLE = 'ID=debian\nVERSION_ID="12"';
const MACHINES = ['x86_64', 'aarch64', 's390x', 'riscv64', 'ppc64le', 'armv7l', 'i686', 'mips64'];

export function BundleView() {
  const [state, change] = useAddressState();
  const { kernels } = useIndexFacts();
  const osRelease = state.get('os') ?? '';
  const release = state.get('release') ?? '';
  const machine = state.get('machine') ?? 'x86_64';
  const [bundle, setBundle] = useState<DroppedBundle>();
  const first = kernels.length > 0 ? kernelName(kernels.at(-1)!) : undefined;
  return (
    <Page title="Bundle check" plain>
      <p>
        Programs that bring BTF along look it up by the words of the machine, each in its own way. Say what the machine
        says, and see which of them would find its BTF in a bundle made of this index, or in one of your own.
      </p>
      <ChooseBundle bundle={bundle} onChoose={setBundle} />
      <div class="filters wide">
        <label class="filter">
          <span>
            <code>cat /etc/os-release</code>
          </span>
          <textarea
            rows={4}
            spellcheck={false}
            placeholder={EXAMPLE}
            value={osRelease}
            onInput={(event) => change({ os: event.currentTarget.value || undefined }, { replace: true })}
          />
        </label>
        <label class="filter">
          <span>
            <code>uname -r</code>
          </span>
          <input
            type="text"
            spellcheck={false}
            placeholder={first?.release ?? '6.1.0-50-amd64'}
            value={release}
            onInput={(event) => change({ release: event.currentTarget.value.trim() || undefined }, { replace: true })}
          />
        </label>
        <label class="choose">
          <span>
            <code>uname -m</code>
          </span>
          <select
            value={machine}
            onChange={(event) => change({ machine: event.currentTarget.value }, { replace: true })}
          >
            {MACHINES.map((word) => (
              <option key={word} value={word}>
                {word}
              </option>
            ))}
          </select>
        </label>
      </div>
      {osRelease === '' || release === '' ? (
        <p class="nothing">
          Paste the machine’s os-release and its <code>uname -r</code>.{' '}
          {first && (
            <button
              type="button"
              onClick={() =>
                change({
                  os: `ID=${first.distro}\nVERSION_ID="${first.version}"`,
                  release: first.release,
                  machine: first.arch === 'arm64' ? 'aarch64' : first.arch,
                })
              }
            >
              Try it with {first.release}
            </button>
          )}
        </p>
      ) : (
        <BundleAnswer kernels={kernels} bundle={bundle} host={{ osRelease, release, machine }} />
      )}
    </Page>
  );
}
