// A hook of security modules: which kernels have it, and what programs may do there.
import { declarationLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { LsmHookOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { StateTable } from './state-table.tsx';
import { idsIn, stateSentence } from './states.ts';

const yesNo = (value: boolean | null): string => (value === null ? '' : value ? 'yes' : 'no');

export function LsmHookView({ name }: { readonly name: string }) {
  const hook = name.replace(/^bpf_lsm_/, '');
  const asked = useAsk(LsmHookOverDocument, { name: hook });
  return (
    <Page word="LSM hook" title={hook}>
      <Answer of={asked} what="which kernels have it">
        {({ lsmHook }) => (
          <>
            <Lead>
              {stateSentence(lsmHook)} <a href={declarationLink('FUNC', `bpf_lsm_${hook}`)}>Its arguments</a>
            </Lead>
            <StateTable
              name={`lsm-hook-${hook}`}
              caption="What programs may do there"
              rows={lsmHook}
              keyOf={(row) => JSON.stringify({ ...row, kernels: 0 })}
              columns={[
                {
                  title: 'programs attach',
                  text: ({ attach }) =>
                    attach === null
                      ? ''
                      : [attach.verdict, attach.reason === 'attaches' ? '' : attach.reason].filter(Boolean).join(': '),
                },
                { title: 'may sleep', text: ({ sleepable }) => yesNo(sleepable) },
                { title: 'arguments are trusted', text: ({ trusted }) => yesNo(trusted) },
                { title: 'switched off', text: ({ disabled }) => yesNo(disabled) },
              ]}
            />
            {idsIn(lsmHook, 'PRESENT').length > 0 && (
              <Code
                title="Attach to it, C"
                text={`SEC("lsm/${hook}")\nint BPF_PROG(on_${hook})\n{\n\treturn 0;\n}\n`}
              />
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}
