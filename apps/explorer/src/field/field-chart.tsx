// The field through time: offset as steps over kernels, a line for each series, marks where something happened. The
// table below says the same; the chart can be walked by keyboard, mark by mark.
import { useEffect, useRef, useState } from 'preact/hooks';
import { kernelName } from '../address/kernel-id.ts';
import { structLink } from '../address/links.ts';
import { axisLabels, type ChartModel, type Line, offsetTicks } from './chart-model.ts';
import { describeChange } from './describe.ts';
import type { Change } from './shapes.ts';

const HEIGHT = 250;
const BELOW = 30;
const LEFT = 56;
const RIGHT = 18;
const TOP = 18;
const LETTERS: Record<Change['change'], string> = {
  ADDED: '+',
  REMOVED: '×',
  MOVED: '↕',
  RESIZED: '↔',
  RETYPED: 'T',
  RENAMED: 'R',
  BECAME: 'B',
};

/** A further field whose line goes on where this one's ends: what it was renamed to. */
export interface Successor {
  readonly name: string;
  readonly model: ChartModel;
}

export function FieldChart(props: {
  readonly struct: string;
  readonly name: string;
  readonly model: ChartModel;
  readonly successors: readonly Successor[];
  readonly history: readonly Change[];
}) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const { model, successors } = props;
  const all = [model, ...successors.map((one) => one.model)].filter(({ least }) => Number.isFinite(least));
  if (all.length === 0) return null;
  const least = Math.min(...all.map((one) => one.least));
  const most = Math.max(...all.map((one) => one.most));
  const pad = Math.max(1, (most - least) * 0.08);
  const xOf = (x: number): number => LEFT + ((width - LEFT - RIGHT) * (x + 0.5)) / Math.max(1, model.axis.length);
  const yOf = (offset: number): number =>
    TOP + ((HEIGHT - TOP - BELOW) * (most + pad - offset)) / Math.max(1e-9, most - least + 2 * pad);
  const weight = (arch: string): number =>
    model.lines.filter((line) => line.arch === arch).reduce((sum, { points }) => sum + points.length, 0);
  const arches = [...new Set(model.lines.map(({ arch }) => arch))].sort((a, b) => weight(b) - weight(a));
  const color = (arch: string): string => `arch${arches.indexOf(arch) % 6}`;
  // Lines in the same place are set a little apart, so that each can be seen.
  const shift = (line: Line): number => (arches.indexOf(line.arch) - (arches.length - 1) / 2) * 3;
  const label = `Offset of ${props.struct}.${props.name} in ${model.axis.length} releases; the table below has the same`;
  return (
    <figure class="chart" ref={box}>
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="group" aria-label={label}>
        <g class="axis" aria-hidden="true">
          {offsetTicks(least, most, 5).map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={width - RIGHT} y1={yOf(tick)} y2={yOf(tick)} />
              <text x={LEFT - 8} y={yOf(tick) + 4} text-anchor="end">
                {tick}
              </text>
            </g>
          ))}
          {spaced(axisLabels(model.axis), xOf).map(({ x, text }) => (
            <g key={text}>
              <line class="minor" x1={xOf(x - 0.5)} x2={xOf(x - 0.5)} y1={TOP} y2={HEIGHT - BELOW + 4} />
              <text x={xOf(x - 0.5) + 4} y={HEIGHT - 10}>
                {text}
              </text>
            </g>
          ))}
          <text x={LEFT - 8} y={11} text-anchor="end">
            offset
          </text>
        </g>
        {successors.map((one) =>
          one.model.lines.map((line) => (
            <path
              key={`${one.name} ${line.series}`}
              class={`step successor ${color(line.arch)}`}
              d={stepPath(line, model.axis.length, xOf, (o) => yOf(o) + shift(line))}
            />
          )),
        )}
        {model.lines.map((line) => (
          <path
            key={line.series}
            class={`step ${color(line.arch)}`}
            d={stepPath(line, model.axis.length, xOf, (o) => yOf(o) + shift(line))}
          />
        ))}
        {successors.flatMap((one) =>
          one.model.lines.flatMap((line) =>
            line.points.flatMap(({ x, id, offset }) =>
              offset === null
                ? []
                : [
                    <circle
                      key={`${one.name} ${id}`}
                      class={`dot ${color(line.arch)} successor`}
                      r={2.2}
                      cx={xOf(x)}
                      cy={yOf(offset) + shift(line)}
                    />,
                  ],
            ),
          ),
        )}
        {model.lines.flatMap((line) =>
          line.points.flatMap(({ x, id, offset }) =>
            offset === null
              ? []
              : [
                  <a key={id} href={structLink(props.struct, { at: id, pick: props.name })} tabIndex={-1}>
                    <circle class={`dot ${color(line.arch)}`} r={3.2} cx={xOf(x)} cy={yOf(offset) + shift(line)}>
                      <title>{`${kernelName(id).release} (${line.series}): offset ${offset}`}</title>
                    </circle>
                  </a>,
                ],
          ),
        )}
        <Marks {...props} xOf={xOf} yOf={(offset, line) => yOf(offset) + shift(line)} />
      </svg>
      <figcaption class="legend">
        {arches.map((arch) => (
          <span key={arch}>
            <span class={`swatch ${color(arch)}`} aria-hidden="true" /> {arch}
          </span>
        ))}
        {successors.map(({ name }) => (
          <span key={name}>
            <span class="swatch dashed" aria-hidden="true" /> as {name}
          </span>
        ))}
        {[...new Set(props.history.filter(({ from }) => from !== null).map(({ change }) => change))].map((change) => (
          <span key={change}>
            <span class="letter" aria-hidden="true">
              {LETTERS[change]}
            </span>{' '}
            {change.toLowerCase()}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** The marks of changes: at the kernel where the change shows first. */
function Marks(props: {
  readonly model: ChartModel;
  readonly successors: readonly Successor[];
  readonly history: readonly Change[];
  readonly name: string;
  readonly xOf: (x: number) => number;
  readonly yOf: (offset: number, line: Line) => number;
}) {
  const { model, xOf, yOf } = props;
  const placed = new Set<string>();
  return (
    <>
      {props.history.flatMap((change) => {
        if (change.from === null) return [];
        const line = model.lines.find(({ series }) => series === change.series);
        const point = line?.points.find(({ id }) => id === change.to.id);
        if (line === undefined || point === undefined) return [];
        const beyond = props.successors
          .flatMap((one) => one.model.lines)
          .find(({ series }) => series === change.series)
          ?.points.find(({ id }) => id === change.to.id)?.offset;
        const offset = point.offset ?? beyond ?? change.before?.offset ?? change.after?.offset;
        if (offset === undefined || offset === null) return [];
        const [x, y] = [xOf(point.x), yOf(offset, line) - 13];
        const spot = `${Math.round(x)} ${Math.round(y)} ${change.change}`;
        if (placed.has(spot)) return [];
        placed.add(spot);
        const words = `${props.name}: ${describeChange(change)} (${change.series})`;
        return [
          <g
            key={`${change.series} ${change.to.id} ${change.change}`}
            class="mark"
            tabIndex={0}
            role="img"
            aria-label={words}
          >
            <title>{words}</title>
            <circle cx={x} cy={y} r={8} />
            <text x={x} y={y + 4} text-anchor="middle" aria-hidden="true">
              {LETTERS[change.change]}
            </text>
          </g>,
        ];
      })}
    </>
  );
}

/** Steps: each offset holds until the next kernel of the series; where the field is absent, the line breaks. */
function stepPath(line: Line, places: number, xOf: (x: number) => number, yOf: (offset: number) => number): string {
  let path = '';
  let down = false;
  line.points.forEach(({ x, offset }, i) => {
    if (offset === null) {
      down = false;
      return;
    }
    const next = line.points[i + 1];
    const end = next === undefined ? Math.min(places - 0.5, x + 0.5) : next.offset === null ? x + 0.5 : next.x - 0.5;
    const start = down ? x - 0.5 : Math.max(-0.5, x - 0.5);
    path += `${down ? 'L' : 'M'}${xOf(start).toFixed(1)},${yOf(offset).toFixed(1)}H${xOf(Math.max(start, end)).toFixed(1)}`;
    down = true;
  });
  return path;
}

/** Labels that do not run into each other. */
function spaced(labels: readonly { x: number; text: string }[], xOf: (x: number) => number) {
  let end = Number.NEGATIVE_INFINITY;
  return labels.filter(({ x, text }) => {
    const start = xOf(x - 0.5);
    if (start < end) return false;
    end = start + text.length * 7 + 10;
    return true;
  });
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, set] = useState(720);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => entry && set(Math.max(280, Math.floor(entry.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
