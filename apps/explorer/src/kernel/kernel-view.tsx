// A kernel: what it is, its configuration and modules where known, what came and went against the one before, downloads.
import { kernelName } from '../address/kernel-id.ts';
import { kernelsLink } from '../address/links.ts';
import { source } from '../ask/source.ts';
import { useAsk } from '../ask/use-ask.ts';
import { KernelFactsDocument, type KernelFactsQuery } from '../generated/operations.ts';
import { Answer } from '../parts/answer.tsx';
import { Copy } from '../parts/copy.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { KernelLink } from '../parts/kernel-set.tsx';
import { Lead, Page, Part } from '../parts/page.tsx';
import { byteSize, plural } from '../parts/words.ts';
import { previousOf } from '../kernels/kernels-view.tsx';
import { useIndexFacts } from '../start/index-facts.tsx';
import { KernelConfig } from './kernel-config.tsx';
import { KernelFeatures } from './kernel-features.tsx';
import { SincePrevious } from './since-previous.tsx';

type Facts = NonNullable<KernelFactsQuery['kernel']>;

export function KernelView({ id }: { readonly id: string }) {
  const asked = useAsk(KernelFactsDocument, { id });
  const { release } = kernelName(id);
  return (
    <Page word="kernel" title={release || id}>
      <Answer of={asked} what="the kernel">
        {({ kernel }) =>
          kernel === null ? (
            <p class="nothing">
              This index has no kernel {id}. <a href={kernelsLink()}>All that it has</a>
            </p>
          ) : (
            <FactsOf kernel={kernel} />
          )
        }
      </Answer>
    </Page>
  );
}

function FactsOf({ kernel }: { readonly kernel: Facts }) {
  const { distro, version, arch, release } = kernelName(kernel.id);
  const { kernels } = useIndexFacts();
  const before = previousOf(kernels, kernel.id);
  return (
    <>
      <Lead>
        {distro} {version}, {arch}: {plural(kernel.types, 'type')} in {byteSize(kernel.bytes)} of BTF
        {kernel.modulesKnown ? `, ${plural(kernel.modules.length, 'module')}` : ', modules not known'}, configuration{' '}
        {kernel.configKnown ? 'known' : 'not known'}.
      </Lead>
      <div class="columns">
        <Part title="Identity">
          <dl>
            <dt>id</dt>
            <dd>
              <code>{kernel.id}</code> <Copy text={kernel.id} />
            </dd>
            <dt>byte order</dt>
            <dd>
              {kernel.littleEndian ? 'little endian' : 'big endian'}
              {kernel.pointerSize === null ? '' : `, pointers of ${kernel.pointerSize} bytes`}
            </dd>
            <dt>SHA-256 of its BTF</dt>
            <dd>
              <code class="hash">{kernel.sha256}</code>
            </dd>
            <dt>from</dt>
            <dd>{kernel.source}</dd>
            <dt>ingested</dt>
            <dd>
              {kernel.ingestedAt.slice(0, 16).replace('T', ' ')} by {kernel.tool}
            </dd>
            {kernel.identical.length > 0 && (
              <>
                <dt>the same BTF</dt>
                <dd>
                  {kernel.identical.map(({ id }) => (
                    <div key={id}>
                      <KernelLink id={id} />
                    </div>
                  ))}
                </dd>
              </>
            )}
          </dl>
        </Part>
        <Part title="Take it along">
          <Downloads path={kernel.btfPath} release={release} />
        </Part>
        <Part title="What is known of it">
          <KnownFacts facts={kernel.facts} />
        </Part>
      </div>
      {before !== undefined && <SincePrevious from={before} to={kernel.id} />}
      <KernelFeatures id={kernel.id} />
      <KernelConfig id={kernel.id} known={kernel.configKnown} />
      {kernel.modules.length > 0 && (
        <DataTable
          name={`${release}-modules`}
          caption="Modules with BTF"
          rows={kernel.modules}
          keyOf={({ name }) => name}
          columns={[
            { title: 'module', text: ({ name }) => name },
            { title: 'bytes', text: ({ bytes }) => bytes, numeric: true },
            { title: 'base', text: ({ distilled }) => (distilled ? 'distilled' : 'the kernel’s'), wide: true },
          ]}
        />
      )}
    </>
  );
}

function Downloads({ path, release }: { readonly path: string; readonly release: string }) {
  const btf = source.href(path);
  const header = source.href(path.replace(/\.btf\.tar\.xz$/, '.vmlinux.h'));
  if (btf === undefined || header === undefined) {
    return (
      <p class="dim">
        This page has no server. From its index: <code>btfq export {release}</code>
      </p>
    );
  }
  return (
    <ul class="plain">
      <li>
        <a href={btf} download={`${release}.btf.tar.xz`}>
          {release}.btf.tar.xz
        </a>{' '}
        <span class="dim">its BTF, as BTFHub packs it</span>
      </li>
      <li>
        <a href={header} download={`${release}.vmlinux.h`}>
          {release}.vmlinux.h
        </a>{' '}
        <span class="dim">all its types in C, as bpftool dumps them</span>
      </li>
    </ul>
  );
}

/** Which kinds of facts are known of the kernel: where one is not, no answer says "no" to it. */
function KnownFacts({ facts }: { readonly facts: Facts['facts'] }) {
  return (
    <ul class="plain facts">
      {facts.map(({ kind, known, count, source: from }) => (
        <li key={kind}>
          <span class={`verdict ${known ? 'yes' : 'unknown'}`}>{known ? 'known' : 'not known'}</span>{' '}
          {FACT_WORDS[kind] ?? kind}
          {count !== null && `: ${count.toLocaleString('en')}`} {from !== null && <small class="dim">{from}</small>}
        </li>
      ))}
    </ul>
  );
}

const FACT_WORDS: Record<string, string> = {
  config: 'configuration',
  functions: 'functions to attach to',
  events: 'trace events',
  systemCalls: 'system calls',
  rawTracepoints: 'raw tracepoints',
  features: 'program and map types',
  compatCalls: 'system calls of 32-bit programs',
  lsmHooks: 'LSM hooks',
  structOps: 'struct_ops',
  errorInjection: 'functions whose return value may be replaced',
  fmodret: 'functions for fmod_ret',
  moduleTables: 'functions and events of its modules',
};
