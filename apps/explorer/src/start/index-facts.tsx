// What every view needs to know about the index: its kernels in order, and how much it holds. Loaded once.
import { createContext, type ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { StartDocument, type StartQuery } from '../generated/operations.ts';
import { useAsk, type Asked } from '../ask/use-ask.ts';

/** The ids of all kernels, in the order of the index, and its figures. */
export interface IndexFacts {
  readonly kernels: readonly string[];
  readonly stats: StartQuery['stats'] | undefined;
  readonly asked: Asked<StartQuery>;
}

const Facts = createContext<IndexFacts | undefined>(undefined);

export function IndexProvider({ children }: { readonly children: ComponentChildren }) {
  const asked = useAsk(StartDocument, {});
  const kernels = asked.data?.kernels.nodes.map(({ id }) => id) ?? [];
  return <Facts.Provider value={{ kernels, stats: asked.data?.stats, asked }}>{children}</Facts.Provider>;
}

export function useIndexFacts(): IndexFacts {
  const facts = useContext(Facts);
  if (facts === undefined) throw new Error('outside of IndexProvider');
  return facts;
}
