// Some kernels in a few words, and each of them on demand: `5.10.0-32 … 6.1.0-50, 12 kernels of debian on x86_64`.
import { compareReleases, kernelName, minorOf } from '../address/kernel-id.ts';
import { kernelLink } from '../address/links.ts';

/** `6.1 to 7.2 · 12 kernels · x86_64, arm64`, unfolding into links. */
export function KernelSet({ ids, total }: { readonly ids: readonly string[]; readonly total?: number }) {
  if (ids.length === 0) return <span class="dim">none</span>;
  if (ids.length === 1) return <KernelLink id={ids[0]!} />;
  return (
    <details class="kernels">
      <summary>{describeKernels(ids, total)}</summary>
      <ul>
        {ids.map((id) => (
          <li key={id}>
            <KernelLink id={id} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A link to one kernel: its release, with distribution and architecture in small. */
export function KernelLink({ id }: { readonly id: string }) {
  const { distro, version, arch, release } = kernelName(id);
  return (
    <a href={kernelLink(id)} class="kernel">
      {release}{' '}
      <small>
        {distro} {version} {arch}
      </small>
    </a>
  );
}

/** A text for some kernels. */
export function describeKernels(ids: readonly string[], total?: number): string {
  const names = ids.map(kernelName);
  const releases = names.map((name) => name.release).sort(compareReleases);
  const [first, last] = [minorOf(releases[0]!), minorOf(releases.at(-1)!)];
  const words = (values: readonly string[]): string => {
    const distinct = [...new Set(values)];
    return distinct.length > 3 ? `${distinct.length} ` : distinct.join(', ');
  };
  const count = ids.length === total ? `all ${total} kernels` : `${ids.length} kernel${ids.length === 1 ? '' : 's'}`;
  const arches = words(names.map((name) => name.arch));
  const distros = words(names.map((name) => name.distro));
  return [
    first === last ? first : `${first} – ${last}`,
    count,
    /^\d+ $/.test(distros) ? `${distros}distributions` : distros,
    /^\d+ $/.test(arches) ? `${arches}architectures` : arches,
  ].join(' · ');
}
