// A slider over the kernels that have a struct, with marks where its layout becomes another.
import { useEffect, useState } from 'preact/hooks';
import { kernelName } from '../address/kernel-id.ts';
import { ChooseKernel } from '../parts/choose-kernel.tsx';

export function KernelSlider(props: {
  readonly ids: readonly string[];
  readonly chosen: string;
  readonly layoutOf: (id: string) => string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const { ids, chosen, layoutOf, onChoose } = props;
  const { arch } = kernelName(chosen);
  // Kernels of one architecture: from one to the next, what moves is due to the version and the configuration.
  const slides = ids.filter((id) => kernelName(id).arch === arch);
  const at = Math.max(0, slides.indexOf(chosen));
  const [playing, play] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const next = slides.findIndex((id, i) => i > at && layoutOf(id) !== layoutOf(chosen));
    if (next < 0) return play(false);
    const timer = setTimeout(() => onChoose(slides[next]!), 1100);
    return () => clearTimeout(timer);
  }, [playing, at, slides, chosen, layoutOf, onChoose]);
  const { release, distro, version } = kernelName(chosen);
  const last = slides.length - 1;
  return (
    <div class="slider">
      <ChooseKernel label="Kernel" ids={ids} chosen={chosen} onChoose={onChoose} />
      <div class="track">
        <input
          type="range"
          min={0}
          max={last}
          value={at}
          disabled={last < 1}
          aria-label={`Kernel among ${slides.length} of ${arch}`}
          aria-valuetext={`${release}, ${distro} ${version}`}
          onInput={(event) => onChoose(slides[event.currentTarget.valueAsNumber]!)}
        />
        <svg class="ticks" viewBox={`0 0 ${Math.max(1, last)} 1`} preserveAspectRatio="none" aria-hidden="true">
          {slides.map((id, i) => (
            <line
              key={id}
              x1={i}
              x2={i}
              y1={i > 0 && layoutOf(id) !== layoutOf(slides[i - 1]!) ? 0 : 0.65}
              y2={1}
              class={i > 0 && layoutOf(id) !== layoutOf(slides[i - 1]!) ? 'tick new' : 'tick'}
            />
          ))}
        </svg>
        <div class="ends">
          <span>{kernelName(slides[0] ?? chosen).release}</span>
          <span class="dim">tall marks: another layout</span>
          <span>{kernelName(slides.at(-1) ?? chosen).release}</span>
        </div>
      </div>
      <button
        type="button"
        class="quiet"
        disabled={last < 1}
        onClick={() => {
          if (!playing && at === last) onChoose(slides[0]!);
          play(!playing);
        }}
      >
        {playing ? 'Stop' : 'Play'}
      </button>
    </div>
  );
}
