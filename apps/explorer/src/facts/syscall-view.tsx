// A system call: its number and arguments in each kernel.
import { declarationLink } from '../address/links.ts';
import { useAsk } from '../ask/use-ask.ts';
import { SyscallOverDocument } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Code } from '../parts/code.tsx';
import { Lead, Page } from '../parts/page.tsx';
import { StateTable } from './state-table.tsx';
import { stateSentence } from './states.ts';

export function SyscallView({ name }: { readonly name: string }) {
  const asked = useAsk(SyscallOverDocument, { name });
  const short = name.replace(/^sys_/, '');
  return (
    <Page word="system call" title={name}>
      <Answer of={asked} what="its numbers">
        {({ syscall }) => {
          const latest = syscall.findLast(({ args }) => args !== null);
          const args = latest?.args?.map((one) => `${one.type}${one.type.endsWith('*') ? '' : ' '}${one.name}`) ?? [];
          return (
            <>
              <Lead>{stateSentence(syscall)}</Lead>
              <StateTable
                name={`syscall-${short}`}
                caption="Numbers and arguments"
                rows={syscall}
                keyOf={({ state, numbers, args: own }) => JSON.stringify([state, numbers, own])}
                columns={[
                  { title: 'number', text: ({ numbers }) => numbers?.join(', ') ?? '', numeric: true },
                  {
                    title: 'arguments',
                    text: ({ args: own }) => own?.map(({ type, name: arg }) => `${type} ${arg}`).join(', ') ?? '',
                  },
                ]}
              />
              {latest && (
                <Code
                  title="Attach to it, C"
                  text={`SEC("ksyscall/${short}")\nint BPF_KSYSCALL(on_${short}${args.map((arg) => `, ${arg}`).join('')})\n{\n\treturn 0;\n}\n`}
                />
              )}
              <p>
                Its functions: <a href={declarationLink('FUNC', `__do_sys_${short}`)}>__do_sys_{short}</a>, and{' '}
                <a href={declarationLink('FUNC', `__x64_sys_${short}`)}>__x64_sys_{short}</a> or{' '}
                <a href={declarationLink('FUNC', `__arm64_sys_${short}`)}>__arm64_sys_{short}</a>.
              </p>
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
