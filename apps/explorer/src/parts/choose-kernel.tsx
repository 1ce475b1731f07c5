// A choice among kernels, in groups of distribution, version and architecture.
import { kernelName } from '../address/kernel-id.ts';

export function ChooseKernel(props: {
  readonly label: string;
  readonly ids: readonly string[];
  readonly chosen: string | undefined;
  /** What stands behind a kernel's name. */
  readonly note?: (id: string) => string;
  readonly onChoose: (id: string) => void;
}) {
  const groups = Map.groupBy(props.ids, (id) => {
    const { distro, version, arch } = kernelName(id);
    return `${distro} ${version} ${arch}`;
  });
  return (
    <label class="choose">
      <span>{props.label}</span>
      <select value={props.chosen ?? ''} onChange={(event) => props.onChoose(event.currentTarget.value)}>
        {props.chosen === undefined && <option value="">choose…</option>}
        {props.chosen !== undefined && !props.ids.includes(props.chosen) && (
          <option value={props.chosen}>{props.chosen}</option>
        )}
        {[...groups].map(([group, ids]) => (
          <optgroup key={group} label={group}>
            {ids.map((id) => (
              <option key={id} value={id}>
                {kernelName(id).release} ({kernelName(id).arch}){props.note?.(id)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
