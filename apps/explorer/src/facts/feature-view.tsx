// One feature over all kernels: those that have it, and what that rests on.
import { enumeratorLink, featuresLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { FeatureOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { FeatureAnswers } from './feature-answers.tsx';
import { stateSentence } from './states.ts';

export function FeatureView({ name }: { readonly name: string }) {
  const asked = useAsk(FeatureOverDocument, { name });
  return (
    <Page word={asked.data?.feature?.kind.replace('-', ' ') ?? 'feature'} title={name}>
      <Answer of={asked} what="which kernels have it">
        {({ feature }) =>
          feature === null ? (
            <p class="nothing">
              No feature is called so. <a href={featuresLink()}>All that are known</a>
            </p>
          ) : (
            <>
              <Lead>
                {stateSentence(feature.answers)} {feature.since !== null && `Mainline has it since ${feature.since}.`}{' '}
                {feature.enumerator !== null && <a href={enumeratorLink(feature.enumerator)}>{feature.enumerator}</a>}
              </Lead>
              <FeatureAnswers feature={feature} />
            </>
          )
        }
      </Answer>
    </Page>
  );
}
