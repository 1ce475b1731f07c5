// For a move: the members that pushed the field, from the layouts of both kernels.
import { compareLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { StructAtDocument } from '../generated/operations.ts';
import { pushersOf } from './pushers.ts';

const SHOWN = 4;

export function PushList(props: {
  readonly struct: string;
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly by: number | undefined;
}) {
  const before = useAsk(StructAtDocument, { name: props.struct, id: props.from });
  const after = useAsk(StructAtDocument, { name: props.struct, id: props.to });
  if (before.error ?? after.error)
    return <span class="dim">what pushed it is not known: the layouts did not come</span>;
  const [old, now] = [before.data?.kernel?.struct, after.data?.kernel?.struct];
  if (!old || !now) return <span class="dim">…</span>;
  const pushes = pushersOf(old.fields, now.fields, props.path);
  const compare = <a href={compareLink(props.struct, props.from, props.to)}>compare</a>;
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
