// Two layouts beside each other: a column of members for each, lines between those that moved or changed.
import { useMemo, useState } from 'preact/hooks';
import { fieldLink } from '../address/links.ts';
import { bitPlace, plural } from '../parts/words.ts';
import { type Member, unfoldingOf } from '../struct/members.ts';
import { type Pair, type SideRow, sideRows } from './aligned.ts';

/** As high as a target must be, and a line below it. */
const ROW = 25;
const WIDTH = 100;

export function SideBySide(props: {
  readonly struct: string;
  readonly kind: 'struct' | 'union';
  readonly pairs: readonly Pair[];
  readonly titles: readonly [before: string, after: string];
  /** Unfolds a member on both sides. */
  readonly onUnfold: (path: string) => void;
}) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => sideRows(props.pairs, open), [props.pairs, open]);
  const unfold = (key: string) => setOpen(new Set([...open, key]));
  const height = Math.max(rows.before.length, rows.after.length) * ROW;
  const afterAt = new Map(rows.after.map((row, i) => [row.key, i]));
  return (
    <div class="side-by-side">
      <Column title={props.titles[0]} side="before" rows={rows.before} unfold={unfold} {...props} />
      <svg
        class="joins"
        viewBox={`0 0 ${WIDTH} ${height}`}
        preserveAspectRatio="none"
        style={{ height: `${height}px` }}
        aria-hidden="true"
      >
        {rows.before.map((row, i) => {
          const to = afterAt.get(row.key);
          if (to === undefined) return null;
          const [y1, y2] = [i * ROW + ROW / 2, to * ROW + ROW / 2];
          const d = `M0,${y1}C${WIDTH / 2},${y1} ${WIDTH / 2},${y2} ${WIDTH},${y2}`;
          return <path key={row.key} class={`join ${row.fate}`} d={d} />;
        })}
      </svg>
      <Column title={props.titles[1]} side="after" rows={rows.after} unfold={unfold} {...props} />
    </div>
  );
}

function Column(props: {
  readonly title: string;
  readonly side: 'before' | 'after';
  readonly rows: readonly SideRow[];
  readonly struct: string;
  readonly kind: 'struct' | 'union';
  readonly unfold: (key: string) => void;
  readonly onUnfold: (path: string) => void;
}) {
  const { side } = props;
  return (
    <ol class={`members ${side}`} aria-label={`Members in ${props.title}`}>
      {props.rows.map((row) => {
        const [first] = row.pairs;
        const member = first![side]!;
        if (row.pairs.length > 1) {
          const last = row.pairs.at(-1)![side]!;
          return (
            <li key={row.key} class={`run ${row.fate}`}>
              <button
                type="button"
                onClick={() => props.unfold(row.key)}
                title={row.pairs.map(({ path }) => path).join(', ')}
              >
                <span class="at">{placeOf(member)}</span>
                {plural(row.pairs.length, 'member')} {row.fate === 'same' ? 'in place' : shiftText(row.shift)}:{' '}
                {first!.path} … {last.path}
              </button>
            </li>
          );
        }
        return (
          <li key={row.key} class={row.fate}>
            <span class="at">{placeOf(member)}</span>
            <a href={fieldLink(props.struct, member.path, props.kind)}>{member.path}</a>{' '}
            {unfoldingOf(member.type) !== undefined && !member.bitfield ? (
              <button
                type="button"
                class="quiet type"
                title={`Show what is inside of ${member.path}`}
                onClick={() => props.onUnfold(member.path)}
              >
                {typeText(member)} ▸
              </button>
            ) : (
              <span class="type">{typeText(member)}</span>
            )}
            <span class="note">{noteOf(first!, side)}</span>
          </li>
        );
      })}
    </ol>
  );
}

const placeOf = (member: Member): string => bitPlace(member.start, member.bitfield ? member.bits : null);
const typeText = (member: Member): string => (member.bitfield ? `${member.type} : ${member.bits}` : member.type);

/** `+16`, in bytes or bits. */
export const shiftText = (bits: number): string => {
  const sign = bits < 0 ? '−' : '+';
  return bits % 8 === 0 ? `${sign}${Math.abs(bits) / 8}` : `${sign}${Math.abs(bits)} bits`;
};

function noteOf({ fate, shift, before, after }: Pair, side: 'before' | 'after'): string {
  if (fate === 'added' || fate === 'removed') return fate;
  if (side === 'before') return '';
  if (fate === 'moved') return shiftText(shift);
  if (fate !== 'changed' || !before || !after) return '';
  const resized = before.bits === after.bits ? '' : `, ${before.bits / 8} → ${after.bits / 8} bytes`;
  return `${before.type === after.type ? 'resized' : 'retyped'}${resized}${shift === 0 ? '' : `, ${shiftText(shift)}`}`;
}
