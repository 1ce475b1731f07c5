// A name that no kernel of the index has, with near ones.
import { declarationLink, startLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { NearDocument, type TypeKind } from '../generated/operations.ts';
import { KIND_WORDS } from '../start/suggest.ts';
import { Page } from './page.tsx';

export function NotFound(props: {
  readonly kind: TypeKind;
  readonly name: string;
  /** Where it was looked for, if not everywhere. */
  readonly module?: string | undefined;
}) {
  const { kind, name, module } = props;
  const near = useAsk(NearDocument, { kind, name });
  const hits = near.data?.search.filter((hit) => hit.name !== name || hit.kind !== kind) ?? [];
  const names = near.data?.nearNames ?? [];
  const word = KIND_WORDS[kind];
  return (
    <Page title={name} word={word}>
      <p class="lead">
        No kernel of this index has a {word} of this name
        {module === undefined ? (
          '.'
        ) : (
          <>
            {' '}
            in {module}. <a href={declarationLink(kind, name)}>Look for it everywhere</a>, in kernels and all their
            modules.
          </>
        )}
      </p>
      {names.length > 0 && (
        <p>
          Near names:{' '}
          {names.map((one, i) => (
            <span key={one}>
              {i > 0 && ', '}
              <a href={declarationLink(kind, one)}>{one}</a>
            </span>
          ))}
        </p>
      )}
      {hits.length > 0 && (
        <ul class="questions">
          {hits.map((hit) => (
            <li key={`${hit.kind} ${hit.name}`}>
              <span class="word">{KIND_WORDS[hit.kind]}</span>{' '}
              <a href={declarationLink(hit.kind, hit.name)}>{hit.name}</a>
            </li>
          ))}
        </ul>
      )}
      <p>
        <a href={startLink(name)}>Search for “{name}”</a>
      </p>
    </Page>
  );
}
