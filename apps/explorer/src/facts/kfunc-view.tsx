// A kfunc: which program types may call it on which kernels, and its signature.
import { declarationLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { KfuncOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { StateTable } from './state-table.tsx';
import { stateSentence } from './states.ts';

/** Bits that have meant the same in every release (include/linux/btf.h); others are shown as a number. */
const FLAGS: readonly (readonly [bit: number, word: string])[] = [
  [1, 'acquire'],
  [2, 'release'],
  [4, 'ret_null'],
  [32, 'sleepable'],
  [64, 'destructive'],
];

export function KfuncView({ name }: { readonly name: string }) {
  const asked = useAsk(KfuncOverDocument, { name });
  return (
    <Page word="kfunc" title={name}>
      <Answer of={asked} what="which programs may call it">
        {({ kfunc }) => (
          <>
            <Lead>
              {stateSentence(kfunc, 'let programs call it', 'do not')}{' '}
              <a href={declarationLink('FUNC', name)}>Its signature</a>
            </Lead>
            <StateTable
              name={`kfunc-${name}`}
              caption="Which programs may call it"
              rows={kfunc}
              keyOf={({ state, programTypes }) => JSON.stringify([state, programTypes])}
              columns={[
                {
                  title: 'program types',
                  text: ({ programTypes }) =>
                    (programTypes ?? [])
                      .map(({ programType, flags, module }) => {
                        const where = module === null ? '' : ` of module ${module}`;
                        return `${typeWord(programType)}${flagWords(flags)}${where}`;
                      })
                      .join(', '),
                },
              ]}
            />
          </>
        )}
      </Answer>
    </Page>
  );
}

/** What is registered for no type in particular is for all of them. */
const typeWord = (type: string): string => (type === 'UNSPEC' ? 'all' : type);

function flagWords(flags: number): string {
  const words = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word);
  const rest = FLAGS.reduce((left, [bit]) => left & ~bit, flags);
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
