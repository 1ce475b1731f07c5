// A long list comes in two steps: what is seen first, and on demand the rest, for its kernels are many times as much as its names.
import { useState } from 'preact/hooks';

const FEW = 100;
const MOST = 1000;

/** How many to ask for, and a way to ask for more. */
export function useFirstPage(): { readonly first: number; readonly more: () => void } {
  const [first, ask] = useState(FEW);
  return { first, more: () => ask(MOST) };
}

/** The button that asks for more, where there are more. */
export function More(props: { readonly shown: number; readonly of: number; readonly onMore: () => void }) {
  const { shown, of, onMore } = props;
  if (shown >= of || shown >= MOST) return null;
  return (
    <p>
      <button type="button" onClick={onMore}>
        Show {of <= MOST ? `all ${of}` : `${MOST} of ${of}`}
      </button>
    </p>
  );
}
