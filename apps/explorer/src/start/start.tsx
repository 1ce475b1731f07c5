// The start: one box, questions to begin with, what the index holds; with `?q=` what a text was found to mean.
import { kernelName, minorOf } from '../address/kernel-id.ts';
import {
  attachLink,
  bundleLink,
  declarationLink,
  diffLink,
  factLink,
  fieldLink,
  kernelsLink,
  objectLink,
  offsetsLink,
} from '../address/links.ts';
import { useAddressState } from '../address/address.ts';
import { Answer } from '../parts/answer.tsx';
import { byteSize, plural } from '../parts/words.ts';
import { Found } from './found.tsx';
import { useIndexFacts } from './index-facts.tsx';
import { recent } from './recent.ts';
import { SearchBox } from './search-box.tsx';

const EXAMPLES: readonly (readonly [question: string, name: string, href: string])[] = [
  ['Where did it go, and when?', 'task_struct.state', fieldLink('task_struct', 'state')],
  ['What pushed it?', 'sk_buff.len', fieldLink('sk_buff', 'len')],
  ['What does it look like?', 'struct sk_buff', declarationLink('STRUCT', 'sk_buff')],
  ['Can I attach to it?', 'vfs_read', declarationLink('FUNC', 'vfs_read')],
  ['What does its record hold?', 'sched/sched_switch', factLink('TRACEPOINT', 'sched/sched_switch')],
  ['Who may call it?', 'bpf_d_path', factLink('HELPER', 'bpf_d_path')],
  ['May a program guard it?', 'LSM hook file_open', attachLink('lsm-hook', 'file_open')],
  ['Which values, where?', 'enum bpf_prog_type', declarationLink('ENUM', 'bpf_prog_type')],
];

export function Start() {
  const { asked } = useIndexFacts();
  const [state] = useAddressState();
  const query = state.get('q') ?? '';
  document.title = query === '' ? 'btfq' : `${query} · btfq`;
  return (
    <main id="main" tabIndex={-1} class="start">
      <h1>What does every kernel look like?</h1>
      <SearchBox large text={query} key={query} />
      {query !== '' && <Found text={query} />}
      <Answer of={asked} what="the index">
        {({ stats, kernels }) => {
          const ids = kernels.nodes.map(({ id }) => id);
          return ids.length === 0 ? <Empty /> : <Contents ids={ids} stats={stats} />;
        }}
      </Answer>
    </main>
  );
}

function Contents(props: {
  readonly ids: readonly string[];
  readonly stats: {
    readonly modules: number;
    readonly declarations: number;
    readonly distinct: number;
    readonly bytes: number | string;
  };
}) {
  const { ids, stats } = props;
  const names = ids.map(kernelName);
  const distros = Map.groupBy(names, ({ distro }) => distro);
  const last = recent();
  return (
    <div class="columns">
      <section aria-label="Questions">
        <h2>Questions to begin with</h2>
        <ul class="questions">
          {EXAMPLES.map(([question, name, href]) => (
            <li key={href}>
              <a href={href}>{name}</a> <span class="dim">{question}</span>
            </li>
          ))}
          <li>
            <a href={objectLink()}>Your object</a> <span class="dim">Which kernels break it, and why?</span>
          </li>
          <li>
            <a href={diffLink(ids[0], ids.at(-1), 'STRUCT')}>Two kernels</a>{' '}
            <span class="dim">What came, went and changed?</span>
          </li>
          <li>
            <a href={offsetsLink()}>Offsets</a>{' '}
            <span class="dim">A table for programs without CO-RE, in your language</span>
          </li>
          <li>
            <a href={bundleLink()}>Bundle check</a>{' '}
            <span class="dim">Would a reader find its BTF on this machine?</span>
          </li>
        </ul>
      </section>
      {last.length > 0 && (
        <section aria-label="Recent">
          <h2>Recent</h2>
          <ul class="questions">
            {last.map((one) => (
              <li key={one.href}>
                <span class="word">{one.kind}</span> <a href={one.href}>{one.name}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="This index">
        <h2>This index</h2>
        <p>
          <a href={kernelsLink()}>{plural(ids.length, 'kernel')}</a>,{' '}
          {plural(stats.distinct, 'distinct BTF', 'distinct BTFs')},{' '}
          {stats.modules > 0 ? `${plural(stats.modules, 'module')}, ` : ''}
          {plural(stats.declarations, 'declaration')}, {byteSize(Number(stats.bytes))}.
        </p>
        <table class="small">
          <thead>
            <tr>
              <th scope="col">distribution</th>
              <th scope="col">versions</th>
              <th scope="col">architectures</th>
              <th scope="col" class="number">
                kernels
              </th>
            </tr>
          </thead>
          <tbody>
            {[...distros].map(([distro, some]) => (
              <tr key={distro}>
                <td>{distro}</td>
                <td>
                  {minorOf(some[0]!.release)} – {minorOf(some.at(-1)!.release)}
                </td>
                <td>{[...new Set(some.map(({ arch }) => arch))].join(', ')}</td>
                <td class="number">{some.length}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="dim">
          Keys: <kbd>/</kbd> or <kbd>Ctrl</kbd> <kbd>K</kbd> search, <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Enter</kbd> choose,{' '}
          <kbd>Esc</kbd> leave. Every address says all that is shown. The same answers by <a href="graphql">GraphQL</a>.
        </p>
      </section>
    </div>
  );
}

function Empty() {
  return (
    <div class="nothing">
      <p>
        <strong>This index holds no kernel yet.</strong>
      </p>
      <p>
        Put some in with <code>btfq ingest /sys/kernel/btf/vmlinux</code>, or a folder of BTFHub’s archive, and load
        this page again.
      </p>
    </div>
  );
}
