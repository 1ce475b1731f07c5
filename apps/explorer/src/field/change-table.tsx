// What happened to a field from kernel to kernel, and for moves what pushed it.
import { kernelName } from '../address/kernel-id.ts';
import { fieldLink } from '../address/links.ts';
import { DataTable } from '../parts/data-table.tsx';
import { KernelLink } from '../parts/kernel-set.tsx';
import { spot } from './describe.ts';
import { PushList } from './push-list.tsx';
import { type Change, type SharedChange, sharedChanges } from './shapes.ts';

export function ChangeTable(props: {
  readonly struct: string;
  readonly path: string;
  readonly kind: 'struct' | 'union';
  readonly history: readonly Change[];
}) {
  const changes = props.history.filter(({ change, from }) => !(change === 'ADDED' && from === null));
  if (changes.length === 0) return null;
  const { struct, path, kind } = props;
  return (
    <DataTable<SharedChange>
      name={`${struct}.${path}-changes`}
      caption="What happened to it"
      rows={sharedChanges(changes)}
      keyOf={({ change }) => `${change.series} ${change.to.id} ${change.change}`}
      columns={[
        {
          title: 'change',
          text: ({ change }) => change.change.toLowerCase(),
          show: ({ change }) => (
            <span class={`change ${change.change.toLowerCase()}`}>{change.change.toLowerCase()}</span>
          ),
        },
        {
          title: 'how',
          text: ({ change }) => howText(change),
          show: ({ change }) =>
            change.change === 'RENAMED' && change.otherName !== null ? (
              <>
                {change.after === null ? 'to ' : 'from '}
                <a href={fieldLink(struct, change.otherName, kind)}>{change.otherName}</a>
              </>
            ) : (
              howText(change)
            ),
        },
        {
          title: 'last before',
          text: ({ change }) => (change.from === null ? '' : kernelName(change.from.id).release),
          show: ({ change }) => change.from && <KernelLink id={change.from.id} />,
        },
        {
          title: 'first after',
          text: ({ change }) => kernelName(change.to.id).release,
          show: ({ change }) => <KernelLink id={change.to.id} />,
        },
        {
          title: 'why',
          text: ({ change }) => change.evidence ?? '',
          show: ({ change }) =>
            change.change === 'MOVED' && change.from !== null ? (
              <PushList struct={struct} path={path} kind={kind} from={change.from.id} to={change.to.id} />
            ) : (
              change.evidence
            ),
          wide: true,
        },
        {
          title: 'series',
          text: ({ change, others }) => [change, ...others].map(({ series }) => series).join('; '),
          show: ({ change, others }) => (
            <span title={[change, ...others].map(({ series }) => series).join('\n')}>
              {change.series}
              {others.length > 0 && <span class="dim"> and {others.length} more</span>}
            </span>
          ),
        },
      ]}
    />
  );
}

function howText({ change, before, after, otherName }: Change): string {
  switch (change) {
    case 'RENAMED':
      return after === null ? `to ${otherName}` : `from ${otherName}`;
    case 'MOVED': {
      const by = before && after ? (after.bitOffset - before.bitOffset) / 8 : 0;
      return `${spot(before)} → ${spot(after)} (${by > 0 ? '+' : '−'}${Math.abs(by)})`;
    }
    case 'RESIZED':
      return `${before?.size ?? '?'} → ${after?.size ?? '?'} bytes`;
    case 'RETYPED':
      return `${before?.type ?? '?'} → ${after?.type ?? '?'}`;
    case 'ADDED':
      return `at ${spot(after)}, ${after?.type ?? ''}`;
    case 'REMOVED':
      return `was at ${spot(before)}, ${before?.type ?? ''}`;
    case 'BECAME':
      return '';
  }
}
