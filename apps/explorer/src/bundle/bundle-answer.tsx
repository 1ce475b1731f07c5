// What each reader finds: in the bundle that was dropped, or in one of all kernels of the index.
import {
  BUNDLE_FORMATS,
  type BundleCheck,
  checkBundle,
  FORMATS,
  type Host,
  type Manifest,
  manifestOf,
  parseOsRelease,
} from '@btfq/minimizer';
import { useEffect, useState } from 'preact/hooks';
import { kernelName } from '../address/kernel-id.ts';
import { Loading } from '../parts/answer.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Lead } from '../parts/page.tsx';
import { listed, plural } from '../parts/words.ts';
import type { DroppedBundle } from './bundle-file.ts';

export function BundleAnswer(props: {
  readonly kernels: readonly string[];
  readonly bundle: DroppedBundle | undefined;
  readonly host: Host;
}) {
  const { kernels, bundle, host } = props;
  const [rows, setRows] = useState<readonly BundleCheck[]>();
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    let left = false;
    setWrong('');
    checks(kernels, bundle, host).then(
      (found) => left || setRows(found),
      (error: Error) => left || setWrong(error.message),
    );
    return () => {
      left = true;
    };
  }, [kernels, bundle, host.osRelease, host.release, host.machine]);
  if (wrong !== '') return <p class="problem">{wrong}</p>;
  if (rows === undefined) return <Loading what="what each reader finds" />;
  return (
    <>
      <Lead>{leadText(rows, kernels, bundle, host)}</Lead>
      <DataTable<BundleCheck>
        name="bundle-check"
        caption="What each reader does"
        rows={rows}
        keyOf={({ format }) => format}
        columns={[
          { title: 'reader', text: ({ format }) => format },
          {
            title: 'outcome',
            text: outcomeOf,
            show: (row) => (
              <span class={`verdict ${row.hit && row.intact !== false ? 'yes' : 'fails'}`}>{outcomeOf(row)}</span>
            ),
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
          { title: 'notes', text: notesOf, wide: true },
        ]}
      />
    </>
  );
}

const outcomeOf = ({ hit, intact }: BundleCheck): string => (!hit ? 'miss' : intact === false ? 'damaged' : 'hit');

const notesOf = ({ notes, unsatisfied, intact }: BundleCheck): string =>
  [
    ...notes,
    intact === false ? 'the member is not what the manifest says' : '',
    unsatisfied > 0 ? `${plural(unsatisfied, 'relocation')} cannot be satisfied on this kernel` : '',
  ]
    .filter(Boolean)
    .join('; ');

async function checks(
  kernels: readonly string[],
  bundle: DroppedBundle | undefined,
  host: Host,
): Promise<readonly BundleCheck[]> {
  const nothing = new Uint8Array();
  const names = kernels.map(kernelName);
  return Promise.all(
    BUNDLE_FORMATS.map((format) => {
      const { prefix, paths } = FORMATS[format];
      const members =
        bundle?.members ?? new Map(names.flatMap((kernel) => paths(kernel).map((path) => [prefix + path, nothing])));
      return checkBundle(members, host, { as: format });
    }),
  );
}

function leadText(
  rows: readonly BundleCheck[],
  kernels: readonly string[],
  bundle: DroppedBundle | undefined,
  { osRelease, release }: Host,
): string {
  const hits = rows.filter(({ hit }) => hit).map(({ format }) => format);
  if (bundle !== undefined) return bundleText(rows, hits, bundle, release);
  if (hits.length === rows.length) return 'Every reader finds its BTF.';
  if (hits.length > 0) return `${listed(hits)} find${hits.length === 1 ? 's' : ''} it; the others miss.`;
  const id = parseOsRelease(osRelease).get('ID');
  return `No reader finds a BTF for ${release}: ${
    kernels.some((one) => one.endsWith(`/${release}`))
      ? `the index has this release, but not by the words of ${id ?? 'this os-release'}.`
      : 'the index has no kernel of this release.'
  }`;
}

function bundleText(
  rows: readonly BundleCheck[],
  hits: readonly string[],
  bundle: DroppedBundle,
  release: string,
): string {
  let manifest: Manifest | undefined;
  try {
    manifest = manifestOf(bundle.members);
  } catch {
    // What its readers find does not depend on it.
  }
  const own = rows.find(({ format }) => format === manifest?.format);
  const all =
    hits.length === 0
      ? `No reader finds a BTF for ${release} in it.`
      : `${listed(hits)} find${hits.length === 1 ? 's' : ''} a BTF for ${release} in it.`;
  if (manifest === undefined) return `${all} It has no manifest: it was not made by btfq, or lost it.`;
  const verdict = own === undefined ? '' : `Its own reader gets a ${outcomeOf(own)}.`;
  return `Made for ${manifest.format}, ${plural(manifest.kernels.length, 'kernel')} and ${plural(manifest.objects.length, 'object')}. ${verdict} ${all}`;
}
