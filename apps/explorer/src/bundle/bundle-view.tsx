// Bundle check: os-release and `uname -r` in; for each reader whether it finds a BTF in a bundle of this index's kernels,
// and what it asks for. Done in the page, by the same lookups as `btfq bundle check`.
import { BUNDLE_FORMATS, FORMATS, lookupMember, parseOsRelease } from '@btfq/minimizer';
import { useMemo } from 'preact/hooks';
import { useAddressState } from '../address/address.ts';
import { kernelName } from '../address/kernel-id.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { listed } from '../parts/words.ts';
import { useIndexFacts } from '../start/index-facts.tsx';

const EXAMPLE = 'ID=debian\nVERSION_ID="12"';
const MACHINES = ['x86_64', 'aarch64', 's390x', 'riscv64', 'ppc64le', 'armv7l', 'i686', 'mips64'];

export function BundleView() {
  const [state, change] = useAddressState();
  const { kernels } = useIndexFacts();
  const osRelease = state.get('os') ?? '';
  const release = state.get('release') ?? '';
  const machine = state.get('machine') ?? 'x86_64';
  const first = kernels.length > 0 ? kernelName(kernels.at(-1)!) : undefined;
  return (
    <Page title="Bundle check" plain>
      <p>
        Programs that bring BTF along look it up by the words of the machine, each in its own way. Say what the machine
        says, and see which of them would find its BTF in a bundle made of this index.
      </p>
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
        <Hits kernels={kernels} host={{ osRelease, release, machine }} />
      )}
    </Page>
  );
}

function Hits(props: {
  readonly kernels: readonly string[];
  readonly host: { readonly osRelease: string; readonly release: string; readonly machine: string };
}) {
  const { kernels, host } = props;
  const rows = useMemo(() => {
    const names = kernels.map(kernelName);
    return BUNDLE_FORMATS.map((format) => {
      const { prefix, paths } = FORMATS[format];
      const members = names.flatMap((kernel) => paths(kernel).map((path) => prefix + path));
      return { format, ...lookupMember(format, members, host) };
    });
  }, [kernels, host.osRelease, host.release, host.machine]);
  const hits = rows.filter(({ hit }) => hit).map(({ format }) => format);
  const id = parseOsRelease(host.osRelease).get('ID');
  return (
    <>
      <Lead>
        {hits.length === rows.length
          ? 'Every reader finds its BTF.'
          : hits.length === 0
            ? `No reader finds a BTF for ${host.release}: ${kernels.some((one) => one.endsWith(`/${host.release}`)) ? `the index has this release, but not by the words of ${id ?? 'this os-release'}.` : 'the index has no kernel of this release.'}`
            : `${listed(hits)} find${hits.length === 1 ? 's' : ''} it; the others miss.`}
      </Lead>
      <DataTable
        name="bundle-check"
        caption="What each reader does"
        rows={rows}
        keyOf={({ format }) => format}
        columns={[
          { title: 'reader', text: ({ format }) => format },
          {
            title: 'outcome',
            text: ({ hit }) => (hit ? 'hit' : 'miss'),
            show: ({ hit }) => <span class={`verdict ${hit ? 'yes' : 'fails'}`}>{hit ? 'hit' : 'miss'}</span>,
          },
          {
            title: 'asks for',
            text: ({ asked }) => asked.join(', then '),
            show: ({ asked, member }) =>
              asked.length === 0 ? (
                <span class="dim">nothing: it gives up before</span>
              ) : (
                <>
                  {asked.map((path) => (
                    <div key={path}>
                      <code>{path}</code>
                    </div>
                  ))}
                  {member !== undefined && !asked.includes(member) && (
                    <div>
                      takes <code>{member}</code>
                    </div>
                  )}
                </>
              ),
          },
          {
            title: 'notes',
            text: ({ notes }) => notes.join('; '),
            wide: true,
          },
        ]}
      />
    </>
  );
}
