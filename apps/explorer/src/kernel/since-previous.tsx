// What came, went and changed against the kernel before: counts, and the first names of each.
import { kernelName } from '../address/kernel-id.ts';
import { compareLink, declarationLink, diffLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { SinceDocument, type TypeKind } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Part } from '../parts/page.tsx';

const SHOWN = 12;

export function SincePrevious({ from, to }: { readonly from: string; readonly to: string }) {
  const asked = useAsk(SinceDocument, { from, to, first: SHOWN + 1 });
  return (
    <Part title={`Since ${kernelName(from).release}`}>
      <Answer of={asked} what="the difference">
        {({ diff }) => (
          <>
            <ul class="counts">
              <li>
                <b>{diff.added.toLocaleString('en')}</b> declarations came
              </li>
              <li>
                <b>{diff.removed.toLocaleString('en')}</b> went
              </li>
              <li>
                <b>{diff.changed.toLocaleString('en')}</b> changed
              </li>
            </ul>
            <dl class="since">
              <Names
                word="Structs that came"
                kind="STRUCT"
                of={diff.structsCame}
                more={diffLink(from, to, 'STRUCT', 'ADDED')}
              />
              <Names
                word="Structs that went"
                kind="STRUCT"
                of={diff.structsWent}
                more={diffLink(from, to, 'STRUCT', 'REMOVED')}
              />
              <Names
                word="Structs that changed"
                kind="STRUCT"
                of={diff.structsChanged}
                more={diffLink(from, to, 'STRUCT', 'CHANGED')}
                link={(name) => compareLink(name, from, to)}
              />
              <Names
                word="Functions that came"
                kind="FUNC"
                of={diff.funcsCame}
                more={diffLink(from, to, 'FUNC', 'ADDED')}
              />
              <Names
                word="Functions that went"
                kind="FUNC"
                of={diff.funcsWent}
                more={diffLink(from, to, 'FUNC', 'REMOVED')}
              />
              <Names
                word="Functions that changed"
                kind="FUNC"
                of={diff.funcsChanged}
                more={diffLink(from, to, 'FUNC', 'CHANGED')}
              />
            </dl>
            <p>
              <a href={diffLink(from, to)}>All that differs</a>
            </p>
          </>
        )}
      </Answer>
    </Part>
  );
}

function Names(props: {
  readonly word: string;
  readonly kind: TypeKind;
  readonly of: readonly { readonly name: string }[];
  readonly more: string;
  readonly link?: (name: string) => string;
}) {
  const { word, of, kind, link } = props;
  if (of.length === 0) return null;
  return (
    <>
      <dt>{word}</dt>
      <dd>
        {of.slice(0, SHOWN).map(({ name }, i) => (
          <span key={name}>
            {i > 0 && ', '}
            <a href={link ? link(name) : declarationLink(kind, name)}>{name}</a>
          </span>
        ))}
        {of.length > SHOWN && (
          <>
            {' '}
            <a href={props.more}>… all</a>
          </>
        )}
      </dd>
    </>
  );
}
