// A hook of security modules: which kernels have it, and what programs may do there.
import { declarationLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { LsmHookOverDocument, type LsmHookOverQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { kernelName } from '../address/kernel-id.ts';
import { declaration } from '../field/reading-code.ts';
import { StateTable } from './state-table.tsx';
import { idsIn, stateSentence } from './states.ts';

type Form = NonNullable<LsmHookOverQuery['func']>['variants'][number];

const yesNo = (value: boolean | null): string => (value === null ? '' : value ? 'yes' : 'no');

export function LsmHookView({ name }: { readonly name: string }) {
  const hook = name.replace(/^bpf_lsm_/, '');
  const asked = useAsk(LsmHookOverDocument, { name: hook, func: `bpf_lsm_${hook}` });
  return (
    <Page word="LSM hook" title={hook}>
      <Answer of={asked} what="which kernels have it">
        {({ lsmHook, func }) => (
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
              <Code title={titleOf(func?.variants ?? [])} text={programText(hook, func?.variants.at(-1))} />
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}

/** Whether all kernels give a program the same arguments. */
function titleOf(forms: readonly Form[]): string {
  const latest = forms.at(-1)?.kernels.at(-1);
  return forms.length < 2 || latest === undefined
    ? 'Attach to it, C'
    : `Attach to it, C: as ${kernelName(latest.id).release} has it; its arguments differ between kernels`;
}

/** A program at a hook: with its arguments and, where it decides, with what programs before it decided. */
function programText(hook: string, form: Form | undefined): string {
  const args = (form?.params ?? []).map(({ name, type }, i) => declaration(type, name || `arg${i}`));
  const decides = form !== undefined && form.returns !== 'void';
  const all = [`on_${hook}`, ...args, ...(decides ? ['int ret'] : [])];
  const line = `int BPF_PROG(${all.join(', ')})`;
  const head = line.length <= LINE ? line : `int BPF_PROG(${all.join(',\n\t     ')})`;
  const before = decides ? '\tif (ret)\n\t\treturn ret; /* a program before this one refused */\n\n' : '';
  const end = decides ? '\treturn 0; /* or -EPERM to refuse */\n' : '\treturn 0;\n';
  return `SEC("lsm/${hook}")\n${head}\n{\n${before}${end}}\n`;
}

const LINE = 80;
