// A long list in two steps: the first page at once and the rest on demand, because the kernels of an entry are much larger
// than its name.
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
