// For a move: the members that pushed the field, from the layouts of both kernels.
import { compareLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { LayoutAtDocument, type LayoutAtQuery } from '../generated/operations.ts';
import { useUnfolded } from '../struct/use-unfolded.ts';
import { holdersOf, pushersOf } from './pushers.ts';

const SHOWN = 4;

export function PushList(props: {
  readonly struct: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'struct' | 'union';
}) {
  const { struct: name, path, from, to } = props;
  const union = props.kind === 'union';
  const before = useAsk(LayoutAtDocument, { name, id: from, union });
  const after = useAsk(LayoutAtDocument, { name, id: to, union });
  const [old, now] = [layoutOf(before.data), layoutOf(after.data)];
  const holders = holdersOf(path);
  const oldInside = useUnfolded(old?.fields, holders, from);
  const newInside = useUnfolded(now?.fields, holders, to);
  if (before.error ?? after.error)
    return <span class="dim">what pushed it is not known: the layouts did not come</span>;
  if (!old || !now || !oldInside.ready || !newInside.ready) return <span class="dim">…</span>;
  const pushes = pushersOf(
    { fields: old.fields, unfolded: oldInside.unfolded },
    { fields: now.fields, unfolded: newInside.unfolded },
    path,
  );
  const compare = <a href={compareLink(name, from, to, props.kind, holders)}>compare</a>;
  if (pushes.length === 0) {
    return <span>its neighbours are the same: alignment, or what holds it moved · {compare}</span>;
  }
  return (
    <ul class="pushes">
      {pushes.slice(0, SHOWN).map(({ text, bytes, member }) => (
        <li key={`${member} ${text}`}>
          <span class="number">{bytes > 0 ? `+${round(bytes)}` : `−${round(-bytes)}`}</span> {text}
        </li>
      ))}
      <li class="dim">
        {pushes.length > SHOWN && `and ${pushes.length - SHOWN} more · `}
        {compare}
      </li>
    </ul>
  );
}

const round = (bytes: number): string => String(Math.round(bytes * 100) / 100);

const layoutOf = (data: LayoutAtQuery | undefined) => data?.kernel?.struct ?? data?.kernel?.union;
