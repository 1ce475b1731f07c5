// A layout drawn in bytes: rows of a cache line, members as blocks that can be walked by arrows, holes hatched.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { plural } from '../parts/words.ts';
import { type LayoutField, type Member, holesOf, membersOf, shortName, type Unfolded, unfoldingOf } from './members.ts';
import { type Drawing, draw, type Segment } from './rows.ts';

const LANE = 24;
const GAP = 3;
/** Bytes to a row by the width of the box in pixels: a byte gets at least 9. */
const WIDTHS = [
  [560, 64],
  [300, 32],
  [0, 16],
] as const;

export function LayoutDrawing(props: {
  readonly name: string;
  readonly size: number;
  readonly fields: readonly LayoutField[];
  readonly unfolded: Unfolded;
  readonly picked: string | undefined;
  readonly onPick: (path: string) => void;
  readonly onUnfold: (path: string) => void;
}) {
  const { fields, size, unfolded, picked } = props;
  const box = useRef<HTMLDivElement>(null);
  const rowBytes = useRowBytes(box);
  const members = useMemo(() => membersOf(fields, unfolded), [fields, unfolded]);
  const drawing = useMemo(
    () => draw([...members, ...holesOf(members, size)], size, rowBytes),
    [members, size, rowBytes],
  );
  const tops = useMemo(() => topsOf(drawing, rowBytes), [drawing, rowBytes]);
  const current = members.some(({ path }) => path === picked) ? picked : members[0]?.path;

  const walk = (event: KeyboardEvent) => {
    const at = members.findIndex(({ path }) => path === current);
    const to = stepTo(event.key, members, at, rowBytes);
    if (to !== undefined) {
      event.preventDefault();
      const { path } = members[to]!;
      props.onPick(path);
      box.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
    }
  };
  return (
    <div class="layout" ref={box}>
      <div
        class="blocks"
        role="group"
        aria-label={`Layout of ${props.name}: ${plural(members.length, 'member')} in ${plural(size, 'byte')}. Arrow keys walk the members.`}
        style={{ height: `${tops.height}px` }}
        onKeyDown={walk}
      >
        {drawing.rows.map((row, i) => (
          <span
            key={`row ${row.offset}`}
            aria-hidden="true"
            class={row.offset % 64 === 0 ? 'offset line' : 'offset'}
            style={{ top: `${tops.of[i]}px`, height: `${row.lanes * LANE}px` }}
          >
            {row.offset}
            {row.stands > 1 && <small>×{row.stands}</small>}
          </span>
        ))}
        {drawing.segments.map((segment) => (
          <Block
            key={`${segment.member.path || `hole ${segment.member.start}`} ${segment.part}`}
            segment={segment}
            top={tops.of[segment.row]!}
            lanes={drawing.rows[segment.row]!.lanes}
            current={segment.member.path === current}
            picked={segment.member.path !== '' && segment.member.path === picked}
            onPick={props.onPick}
            onUnfold={props.onUnfold}
          />
        ))}
      </div>
    </div>
  );
}

function Block(props: {
  readonly segment: Segment;
  readonly top: number;
  readonly lanes: number;
  readonly current: boolean;
  readonly picked: boolean;
  readonly onPick: (path: string) => void;
  readonly onUnfold: (path: string) => void;
}) {
  const { member, part, last, lane, lanes, left, width } = props.segment;
  // A cluster with fewer lanes than its row has fills the row's height all the same.
  const height = (props.lanes * LANE) / lanes;
  const style = {
    left: `${left * 100}%`,
    width: `${width * 100}%`,
    top: `${props.top + lane * height}px`,
    height: `${height}px`,
  };
  const bits = member.bits % 8 === 0 ? plural(member.bits / 8, 'byte') : plural(member.bits, 'bit');
  if (member.path === '') {
    const word = member.kind === 'hole' ? 'hole' : 'padding';
    return (
      <span class={`block ${word}`} style={style} title={`${word} of ${bits} at ${member.start / 8}`}>
        <span>{part > 0 || width < 0.05 ? '' : width > 0.11 ? `${bits} ${word}` : word}</span>
      </span>
    );
  }
  const name = shortName(member.path);
  const classes = ['block', member.kind, props.picked ? 'picked' : '', part > 0 ? 'more' : '', last ? '' : 'goes-on'];
  const title = `${member.path}: ${member.type}, ${bits} at ${placeText(member)}`;
  if (part > 0) {
    return (
      <span
        class={classes.join(' ')}
        style={style}
        title={title}
        aria-hidden="true"
        onClick={() => props.onPick(member.path)}
      >
        <span>{width > 0.15 ? name : ''}</span>
      </span>
    );
  }
  return (
    <button
      type="button"
      class={classes.join(' ')}
      style={style}
      title={title}
      aria-label={title}
      aria-pressed={props.picked}
      tabIndex={props.current ? 0 : -1}
      data-path={member.path}
      onClick={() => props.onPick(member.path)}
      onDblClick={() => unfoldingOf(member.type) && props.onUnfold(member.path)}
    >
      <span>{name}</span>
    </button>
  );
}

/** `126, bit 3` for bitfields, else the byte. */
export const placeText = ({ start, bitfield }: Member): string =>
  bitfield ? `${Math.floor(start / 8)}, bit ${start % 8}` : String(start / 8);

function topsOf({ rows }: Drawing, rowBytes: number): { of: readonly number[]; height: number } {
  let top = 0;
  const of = rows.map((row) => {
    // Cache lines stand apart where a row is less than one.
    if (row.offset > 0) top += rowBytes < 64 && row.offset % 64 === 0 ? GAP * 3 : GAP;
    const here = top;
    top += row.lanes * LANE;
    return here;
  });
  return { of, height: top };
}

function stepTo(key: string, members: readonly Member[], at: number, rowBytes: number): number | undefined {
  const last = members.length - 1;
  if (last < 0) return undefined;
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, at + 1);
    case 'ArrowLeft':
      return Math.max(0, at - 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'ArrowDown':
    case 'ArrowUp': {
      const wanted = members[at]!.start + (key === 'ArrowDown' ? 1 : -1) * rowBytes * 8;
      if (wanted < 0) return 0;
      const to = members.findLastIndex(({ start }) => start <= wanted);
      return to === at ? Math.max(0, Math.min(last, at + (key === 'ArrowDown' ? 1 : -1))) : Math.max(0, to);
    }
    default:
      return undefined;
  }
}

/** How many bytes fit into a row of the box. */
function useRowBytes(box: { readonly current: HTMLElement | null }): number {
  const [bytes, set] = useState<number>(() => (innerWidth < 700 ? 32 : 64));
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      if (width > 0) set(WIDTHS.find(([least]) => width >= least)![1]);
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return bytes;
}
