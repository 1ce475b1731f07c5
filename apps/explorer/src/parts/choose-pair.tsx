// The choice of two kernels to compare, with a button that swaps them.
import { ChooseKernel } from './choose-kernel.tsx';

export function ChoosePair(props: {
  readonly ids: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly onChange: (chosen: { from?: string | undefined; to?: string | undefined }) => void;
}) {
  const { ids, from, to, onChange } = props;
  return (
    <div class="pair">
      <ChooseKernel label="From" ids={ids} chosen={from} onChoose={(id) => onChange({ from: id })} />
      <button
        type="button"
        class="quiet"
        aria-label="Swap the two kernels"
        onClick={() => onChange({ from: to, to: from })}
      >
        ⇄
      </button>
      <ChooseKernel label="To" ids={ids} chosen={to} onChoose={(id) => onChange({ to: id })} />
    </div>
  );
}
