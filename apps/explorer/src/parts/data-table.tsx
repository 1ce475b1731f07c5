// A table: its rows drawn as they come into sight where there are many, to be had as CSV and JSON, as plain text by copy.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { csvOf, jsonOf, type TextColumn } from './table-text.ts';
import { Copy, Download } from './copy.tsx';

/** A column: `text` is what CSV and copies have, `show` what the page shows where that is more than the text. */
export interface Column<Row> extends TextColumn<Row> {
  readonly show?: (row: Row) => ComponentChildren;
  readonly numeric?: boolean;
  readonly wide?: boolean;
}

/** From here on, rows out of sight are not drawn. */
const MANY = 120;
const ROW_HEIGHT = 28;
/** Rows on paper; files have all. */
const MOST_PRINTED = 2000;

export function DataTable<Row>(props: {
  readonly name: string;
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly empty?: ComponentChildren;
  readonly onEnd?: () => void;
  /** All rows, where `rows` are the first of them: what is copied and downloaded. */
  readonly allRows?: () => Promise<readonly Row[]>;
}) {
  const { rows } = props;
  // What no row says anything of needs no column on the page; files and copies have it all the same.
  const columns = props.columns.filter(
    ({ text, show }) => show !== undefined || rows.length === 0 || rows.some((row) => text(row) !== ''),
  );
  const all = props.allRows ?? (() => rows);
  const printing = usePrinting();
  const many = rows.length > MANY && !printing;
  const box = useRef<HTMLElement>(null);
  const shown = useVisible(box, many ? rows.length : 0, props.onEnd);
  const visible = many ? shown.items.map(({ index }) => rows[index]!) : printing ? rows.slice(0, MOST_PRINTED) : rows;
  return (
    <section class="table" aria-label={props.caption}>
      <div class="table-head">
        <h3>{props.caption}</h3>
        <span class="tools">
          <Copy text={async () => csvOf(await all(), props.columns, '\t')} />
          <Download
            text={async () => csvOf(await all(), props.columns)}
            name={`${props.name}.csv`}
            type="text/csv"
            label="CSV"
          />
          <Download
            text={async () => jsonOf(await all(), props.columns)}
            name={`${props.name}.json`}
            type="application/json"
            label="JSON"
          />
        </span>
      </div>
      {rows.length === 0 ? (
        <p class="dim">{props.empty ?? 'Nothing to show.'}</p>
      ) : (
        <section
          class={['scroll', many ? 'many' : isWordy(columns) ? 'cards' : ''].join(' ').trim()}
          ref={box}
          tabIndex={0}
          aria-label={`Rows: ${props.caption}`}
        >
          <table aria-rowcount={rows.length + 1}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column.title} scope="col" class={column.numeric ? 'number' : undefined}>
                    {column.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {many && <Space height={shown.before} columns={columns.length} />}
              {visible.map((row) => (
                <tr key={props.keyOf(row)}>
                  {columns.map((column) => (
                    <Cell key={column.title} column={column} row={row} />
                  ))}
                </tr>
              ))}
              {many && <Space height={shown.after} columns={columns.length} />}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

/** Whether rows read better as cards where there is little room: not where they are a name with numbers. */
const isWordy = (columns: readonly { readonly numeric?: boolean; readonly wide?: boolean }[]): boolean =>
  columns.some(({ wide }) => wide) || columns.filter(({ numeric }) => !numeric).length > 2;

/** A cell; the style sheet puts the column's name before it where rows are cards. */
function Cell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const shown = column.show ? column.show(row) : column.text(row);
  const blank = shown === '' || shown === null || shown === undefined;
  const words = [column.numeric ? 'number' : column.wide ? 'wide' : '', blank ? 'blank' : ''].filter(Boolean);
  return (
    <td class={words.length > 0 ? words.join(' ') : undefined} data-title={column.title}>
      <div class="cell">{shown}</div>
    </td>
  );
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  return height > 0 ? (
    <tr aria-hidden="true" class="space">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  ) : null;
}

/** Whether the page is being printed: then no row may be left out because it is out of sight. */
function usePrinting(): boolean {
  const [printing, set] = useState(false);
  useEffect(() => {
    const query = matchMedia('print');
    const tell = () => set(query.matches);
    tell();
    query.addEventListener('change', tell);
    return () => query.removeEventListener('change', tell);
  }, []);
  return printing;
}

/** The rows in sight of a box that scrolls, by @tanstack/virtual-core; calls `onEnd` when the last ones come into sight. */
function useVisible(box: { readonly current: HTMLElement | null }, count: number, onEnd: (() => void) | undefined) {
  const [, redraw] = useState(0);
  const options = {
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw((n) => n + 1),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (count > 0 && last >= count - 20) onEnd?.();
  }, [last, count, onEnd]);
  return {
    items,
    before: items[0]?.start ?? 0,
    after: virtual.getTotalSize() - (items.at(-1)?.end ?? 0),
  };
}
