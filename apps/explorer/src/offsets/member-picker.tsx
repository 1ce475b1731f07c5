// The members of a struct as buttons that add them; nested structs and those behind pointers open below.
import { useState } from 'preact/hooks';
import { useAsk } from '../ask/use-ask.ts';
import { LayoutAtDocument, type LayoutAtQuery } from '../generated/operations.ts';
import { Loading } from '../parts/answer.tsx';
import { nestedType } from '../struct/members.ts';

const DEEPEST = 5;

export function MemberPicker(props: {
  readonly struct: string;
  readonly union?: boolean;
  /** What an added path begins with: `task_struct`, `task_struct.se`. */
  readonly path: string;
  /** Kernels whose members are shown: the latest, and of an early one those that went since. */
  readonly at: string;
  readonly early: string;
  readonly chosen: readonly string[];
  readonly onAdd: (path: string) => void;
  readonly depth?: number;
}) {
  const { struct, path, at, early, chosen, depth = 0 } = props;
  const union = props.union ?? false;
  const joint = path.endsWith('>') ? '' : '.';
  const latest = useAsk(LayoutAtDocument, { name: struct, id: at, union });
  const before = useAsk(LayoutAtDocument, { name: struct, id: early, union });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (latest.data === undefined || latest.stale) return <Loading what={`the members of ${struct}`} />;
  const layoutOf = (data: LayoutAtQuery | undefined) => data?.kernel?.union ?? data?.kernel?.struct;
  const now = (layoutOf(latest.data)?.fields ?? []).filter(({ name }) => name !== '');
  const names = new Set(now.map(({ name }) => name));
  const gone = (before.stale ? [] : (layoutOf(before.data)?.fields ?? [])).filter(
    ({ name }) => name !== '' && !names.has(name),
  );
  if (now.length + gone.length === 0) return <p class="dim">No kernel of this index has a struct {struct}.</p>;
  return (
    <ul class={depth === 0 ? 'picker whole' : 'picker'}>
      {[...now, ...gone].map(({ name, type }) => {
        const own = `${path}${joint}${name}`;
        const inner = innerOf(type);
        const opened = open.has(name);
        return (
          <li key={own}>
            <button
              type="button"
              class="quiet add"
              aria-pressed={chosen.includes(own)}
              onClick={() => props.onAdd(own)}
            >
              <span aria-hidden="true">{chosen.includes(own) ? '✓' : '+'}</span> {name}
            </button>{' '}
            {inner !== undefined && depth < DEEPEST ? (
              <button
                type="button"
                class="quiet type"
                aria-expanded={opened}
                onClick={() => setOpen(toggled(open, name))}
              >
                {opened ? '▾' : '▸'} {type}
              </button>
            ) : (
              <span class="type">{type}</span>
            )}
            {!names.has(name) && <small class="dim"> gone in the latest kernel</small>}
            {opened && inner !== undefined && (
              <MemberPicker
                {...props}
                struct={inner.name}
                union={inner.kind === 'union'}
                path={inner.pointer ? `${own}->` : own}
                depth={depth + 1}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The struct that a member is, or points to. */
function innerOf(type: string): { kind: 'struct' | 'union'; name: string; pointer: boolean } | undefined {
  const pointed = /^(.*\w) ?\*$/.exec(type);
  const inner = nestedType(pointed?.[1] ?? type);
  return inner && { ...inner, pointer: pointed !== null };
}

function toggled(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(name)) next.add(name);
  return next;
}
