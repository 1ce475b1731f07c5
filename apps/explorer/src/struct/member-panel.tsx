// What is known of the member that is picked, and where to go from it.
import { useEffect, useState } from 'preact/hooks';
import { fieldLink, typeLink } from '../address/links.ts';
import { TypeText } from '../parts/type-text.tsx';
import { offsetText, plural } from '../parts/words.ts';
import { type Member, unfoldingOf } from './members.ts';
import { innerFields } from './use-unfolded.ts';

export function MemberPanel(props: {
  readonly kind: 'struct' | 'union';
  readonly struct: string;
  readonly at: string;
  readonly members: readonly Member[];
  readonly member: Member | undefined;
  readonly onPick: (path: string) => void;
  readonly open: readonly string[];
  readonly onUnfold: (path: string) => void;
}) {
  const { member, open, struct } = props;
  // Small bitfields are hard to hit in the drawing: here each member can be chosen by its name.
  const choice = (
    <label class="choose">
      <span>Member</span>
      <select value={member?.path ?? ''} onChange={(event) => props.onPick(event.currentTarget.value)}>
        {member === undefined && <option value="">choose…</option>}
        {props.members.map(({ path }) => (
          <option key={path} value={path}>
            {path}
          </option>
        ))}
      </select>
    </label>
  );
  if (member === undefined) {
    return (
      <section class="member" aria-label="Member">
        {choice}
        <p class="dim">Choose a member: click it, or walk with the arrow keys. {openList(open, props.onUnfold)}</p>
      </section>
    );
  }
  const byte = Math.floor(member.start / 8);
  const type = typeLink(member.type);
  return (
    <section class="member" aria-label="Member" aria-live="polite">
      {choice}
      <h2>
        <span class={`swatch ${member.kind}`} aria-hidden="true" /> {member.path}
      </h2>
      <dl>
        <dt>type</dt>
        <dd>
          <TypeText type={member.type} />
        </dd>
        <dt>offset</dt>
        <dd>{offsetText(byte)}</dd>
        <dt>size</dt>
        <dd>{member.bitfield ? plural(member.bits, 'bit') : plural(member.bits / 8, 'byte')}</dd>
        <dt>cache line</dt>
        <dd>
          {Math.floor(byte / 64)}, byte {byte % 64}
        </dd>
      </dl>
      {member.bitfield && <Bits start={member.start} bits={member.bits} />}
      <p class="actions">
        <a href={fieldLink(struct, member.path, props.kind)}>Through all kernels</a>
        {type !== undefined && <a href={type}>Its type</a>}
        <Unfold member={member} at={props.at} onUnfold={props.onUnfold} />
      </p>
      {open.length > 0 && <p>{openList(open, props.onUnfold)}</p>}
    </section>
  );
}

/** A button that unfolds a member, where it has something inside: of a typedef, only its kernel knows. */
function Unfold(props: { readonly member: Member; readonly at: string; readonly onUnfold: (path: string) => void }) {
  const { member, at } = props;
  const unfolding = member.bitfield ? undefined : unfoldingOf(member.type);
  const [inside, setInside] = useState(false);
  useEffect(() => {
    let left = false;
    setInside(false);
    if (unfolding?.kind !== 'typedef') return;
    innerFields({ type: member.type, size: member.bits / 8 }, at).then(
      (fields) => left || setInside(fields !== undefined),
      () => {},
    );
    return () => {
      left = true;
    };
  }, [member.type, member.bits, at]);
  if (unfolding === undefined || (unfolding.kind === 'typedef' && !inside)) return null;
  return (
    <button type="button" onClick={() => props.onUnfold(member.path)}>
      {unfolding.kind === 'array' ? `Unfold its ${unfolding.count} elements` : 'Unfold'}
    </button>
  );
}

/** The bits of a bitfield's bytes, its own marked. Bit 0 is the lowest on little endian, as BTF counts. */
function Bits({ start, bits }: { readonly start: number; readonly bits: number }) {
  const first = Math.floor(start / 8) * 8;
  const count = Math.ceil((start + bits - first) / 8) * 8;
  return (
    <p class="bits" role="img" aria-label={`bits ${start - first} to ${start - first + bits - 1} of byte ${first / 8}`}>
      {Array.from({ length: count }, (_, i) => {
        const own = first + i >= start && first + i < start + bits;
        return (
          <span key={i} class={own ? 'own' : undefined}>
            {i}
          </span>
        );
      })}
    </p>
  );
}

function openList(open: readonly string[], fold: (path: string) => void) {
  return open.map((path) => (
    <button key={path} type="button" class="quiet" onClick={() => fold(path)}>
      Fold {path}
    </button>
  ));
}
