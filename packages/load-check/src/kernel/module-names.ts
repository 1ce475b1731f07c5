// Whether a name that the kernel's own types lack may be a module's: then its lack is a condition, not a failure.

import { isKernelsOwn } from '../features/kernel-prefixes.ts';
import type { KernelView } from './kernel-view.ts';

/** What a name stands for. */
export type NameOf = 'function' | 'tracepoint' | 'variable';

/** Names that stand for one that user space gives, and that no module has. */
const PLACEHOLDER = /^dummy_|(^|\/)dummy(\/|$)|^(foo|bar|handle_(entry|return))$/;

export function isPlaceholder(name: string): boolean {
  return PLACEHOLDER.test(name);
}

/**
 * False where that is certain: the kernel's modules are known (then they were looked at already), or the name is the
 * kernel's own in others of the index and no module's, or it begins as only the kernel's own names do.
 * `declared`: as BTF has it, with the `btf_trace_` of tracepoints.
 */
export function mayBeInModule(view: KernelView, what: NameOf, declared: string): boolean {
  const name = what === 'tracepoint' ? declared.replace(/^btf_trace_/, '') : declared;
  if (view.modulesKnown || isPlaceholder(name) || !/^\w+$/.test(name)) return false;
  const { moduleWith, anywhere } = view.kernel;
  if (moduleWith !== undefined) {
    if (moduleWith(declared) !== undefined) return true;
    if (anywhere?.(declared) === true) return false;
  }
  return what === 'variable' || !isKernelsOwn(what, name) || name.includes('testmod');
}
