// Which module a name is looked at in: several modules, or a module and the kernel itself, may have different things of one name.
import { useAddressState } from '../address/address.ts';
import { plural } from './words.ts';

interface Placed {
  readonly places: readonly { readonly module: string | null }[];
}

/** The module that the address narrows to: a name, `vmlinux` for the kernel itself, undefined for all. */
export function useModule(): string | undefined {
  const [state] = useAddressState();
  return state.get('module') || undefined;
}

function allText(modules: readonly string[]): string {
  const own = modules.filter((module) => module !== 'vmlinux').length;
  return own === modules.length ? `all ${own} modules` : `the kernel itself and ${plural(own, 'module')}`;
}

/** The choice, where there is one: what has the name is in more than one part of its kernels. */
export function ModuleChoice({ of }: { readonly of: readonly Placed[] }) {
  const [, change] = useAddressState();
  const chosen = useModule();
  const modules = [...new Set(of.flatMap(({ places }) => places.map(({ module }) => module ?? 'vmlinux')))].sort();
  if (chosen !== undefined) {
    return (
      <p>
        Of <strong>{chosen === 'vmlinux' ? 'the kernel itself' : `module ${chosen}`}</strong> alone.{' '}
        <button type="button" onClick={() => change({ module: undefined })}>
          Show all
        </button>
      </p>
    );
  }
  if (modules.length < 2) return null;
  return (
    <p>
      <label>
        In{' '}
        <select value="" onChange={(event) => change({ module: event.currentTarget.value || undefined })}>
          <option value="">{allText(modules)}</option>
          {modules.map((module) => (
            <option key={module} value={module}>
              {module === 'vmlinux' ? 'the kernel itself' : `module ${module}`}
            </option>
          ))}
        </select>
      </label>
    </p>
  );
}
