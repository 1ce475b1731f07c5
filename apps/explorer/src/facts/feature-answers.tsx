// Which kernels have a feature, and what that rests on.
import type { FeatureOverQuery } from '../generated/operations.ts';
import { StateTable } from './state-table.tsx';

type Feature = NonNullable<FeatureOverQuery['feature']>;

const EVIDENCE: Record<string, string> = {
  image: 'the kernel’s own tables',
  btf: 'its types name it',
  release: 'its release',
};

export function FeatureAnswers({ feature }: { readonly feature: Feature }) {
  return (
    <StateTable
      name={`${feature.kind}-${feature.name}`}
      caption={
        feature.since === null ? 'Which kernels have it' : `Which kernels have it: in mainline since ${feature.since}`
      }
      rows={feature.answers}
      keyOf={({ state, evidence }) => `${state} ${evidence}`}
      columns={[{ title: 'by', text: ({ evidence }) => EVIDENCE[evidence] ?? evidence }]}
    />
  );
}
