// An iterator: on which kernels programs can use it.
import { declarationLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { IteratorOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { StateTable } from './state-table.tsx';
import { idsIn, stateSentence } from './states.ts';

export function IteratorView({ name }: { readonly name: string }) {
  const asked = useAsk(IteratorOverDocument, { name });
  return (
    <Page word="iterator" title={name}>
      <Answer of={asked} what="which kernels have it">
        {({ iterator }) => (
          <>
            <Lead>
              {stateSentence(iterator)}{' '}
              <a href={declarationLink('STRUCT', `bpf_iter__${name}`)}>What its programs are given</a>
            </Lead>
            <StateTable
              name={`iterator-${name}`}
              caption="Which kernels have it"
              rows={iterator}
              keyOf={({ state }) => state}
            />
            {idsIn(iterator, 'PRESENT').length > 0 && (
              <Code
                title="Walk it, C"
                text={`SEC("iter/${name}")\nint walk_${name}(struct bpf_iter__${name} *ctx)\n{\n\treturn 0;\n}\n`}
              />
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}
