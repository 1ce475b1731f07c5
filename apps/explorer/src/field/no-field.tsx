// A field that no kernel has: whether there is the struct, and fields of like names.
import { declarationLink, fieldLink, startLink, structLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { NearDocument, StructNamesDocument } from '../generated/operations.ts';
import { useIndexFacts } from '../start/index-facts.tsx';
import { usualKernel } from '../struct/struct-view.tsx';

const SHOWN = 12;

export function NoField({ struct, path }: { readonly struct: string; readonly path: string }) {
  const { kernels } = useIndexFacts();
  const id = usualKernel(kernels);
  const found = useAsk(StructNamesDocument, id === undefined ? undefined : { name: struct, id });
  const near = useAsk(NearDocument, { kind: 'STRUCT' as const, name: struct });
  if (found.data === undefined) return <p class="loading">Looking for {struct}…</p>;
  if (found.data.struct === null) {
    return (
      <div class="nothing">
        <p>
          <strong>No kernel of this index has a struct {struct}.</strong>
        </p>
        {near.data !== undefined && near.data.nearNames.length > 0 && (
          <p>
            Near names:{' '}
            {near.data.nearNames.map((name, i) => (
              <span key={name}>
                {i > 0 && ', '}
                <a href={path === '' ? declarationLink('STRUCT', name) : fieldLink(name, path)}>
                  {name}
                  {path && `.${path}`}
                </a>
              </span>
            ))}
          </p>
        )}
        <p>
          <a href={startLink(struct)}>Search for “{struct}”</a>
        </p>
      </div>
    );
  }
  const fields = found.data.kernel?.struct?.fields.flatMap(({ name }) => (name ? [name] : [])) ?? [];
  const likely = fields
    .map((name) => ({ name, distance: likeness(name, path) }))
    .sort((a, b) => b.distance - a.distance)
    .slice(0, SHOWN);
  return (
    <div class="nothing">
      <p>
        <strong>
          {path === ''
            ? `Which field of ${struct}?`
            : `No kernel of this index has a field ${path} in struct ${struct}.`}
        </strong>
      </p>
      <p>
        {path === '' ? 'For example: ' : 'Likely ones: '}
        {likely.map(({ name }, i) => (
          <span key={name}>
            {i > 0 && ', '}
            <a href={fieldLink(struct, name)}>{name}</a>
          </span>
        ))}
      </p>
      <p>
        <a href={structLink(struct)}>The whole struct</a>
      </p>
    </div>
  );
}

/** How many pairs of letters two names share. */
function likeness(a: string, b: string): number {
  const pairs = new Set(Array.from({ length: Math.max(0, b.length - 1) }, (_, i) => b.slice(i, i + 2)));
  let shared = 0;
  for (let i = 0; i + 1 < a.length; i++) if (pairs.has(a.slice(i, i + 2))) shared++;
  return (2 * shared) / Math.max(1, a.length + b.length - 2);
}
