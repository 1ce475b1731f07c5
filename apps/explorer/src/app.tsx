// The page: the bar with the search box above, the view that the address names below.
import { useEffect } from 'preact/hooks';
import { Route, Router, Switch } from 'wouter-preact';
import { useHashPath, useHashSearch } from './address/address.ts';
import { IndexProvider } from './start/index-facts.tsx';
import { Bar } from './start/bar.tsx';
import { Start } from './start/start.tsx';
import { FieldView } from './field/field-view.tsx';
import { StructView } from './struct/struct-view.tsx';
import { CompareView } from './compare/compare-view.tsx';
import { FuncView } from './names/func-view.tsx';
import { EnumView } from './names/enum-view.tsx';
import { EnumeratorView } from './names/enumerator-view.tsx';
import { TypedefView } from './names/typedef-view.tsx';
import { VariableView } from './names/variable-view.tsx';
import { KernelsView } from './kernels/kernels-view.tsx';
import { KernelView } from './kernel/kernel-view.tsx';
import { DiffView } from './diff/diff-view.tsx';
import { ObjectView } from './object/object-view.tsx';
import { BundleView } from './bundle/bundle-view.tsx';
import { TracepointView } from './facts/tracepoint-view.tsx';
import { SyscallView } from './facts/syscall-view.tsx';
import { HelperView } from './facts/helper-view.tsx';
import { KfuncView } from './facts/kfunc-view.tsx';
import { LsmHookView } from './facts/lsm-hook-view.tsx';
import { StructOpsView } from './facts/struct-ops-view.tsx';
import { IteratorView } from './facts/iterator-view.tsx';
import { ConfigView } from './facts/config-view.tsx';
import { FeatureView } from './facts/feature-view.tsx';
import { FeaturesView } from './facts/features-view.tsx';
import { OffsetsView } from './offsets/offsets-view.tsx';
import { WrongAddress } from './start/wrong-address.tsx';

export function App() {
  return (
    <Router hook={useHashPath} searchHook={useHashSearch} hrefs={useHashPath.hrefs}>
      <IndexProvider>
        <a
          class="skip"
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById('main')?.focus();
          }}
        >
          Skip to the answer
        </a>
        <Bar />
        <View />
      </IndexProvider>
    </Router>
  );
}

function View() {
  const [path] = useHashPath();
  // A new view begins at its top; going back within one keeps where it was.
  useEffect(() => scrollTo(0, 0), [path]);
  return (
    <Switch location={path}>
      <Route path="/">
        <Start />
      </Route>
      <Route path="/field/:name">{({ name }) => <FieldView name={text(name)} key={name} />}</Route>
      <Route path="/struct/:name">{({ name }) => <StructView kind="struct" name={text(name)} key={name} />}</Route>
      <Route path="/union/:name">{({ name }) => <StructView kind="union" name={text(name)} key={name} />}</Route>
      <Route path="/compare/:name?">{({ name }) => <CompareView name={text(name ?? '')} key={name} />}</Route>
      <Route path="/func/:name">{({ name }) => <FuncView name={text(name)} key={name} />}</Route>
      <Route path="/enum/:name">{({ name }) => <EnumView name={text(name)} key={name} />}</Route>
      <Route path="/enumerator/:name">{({ name }) => <EnumeratorView name={text(name)} key={name} />}</Route>
      <Route path="/typedef/:name">{({ name }) => <TypedefView name={text(name)} key={name} />}</Route>
      <Route path="/var/:name">{({ name }) => <VariableView name={text(name)} key={name} />}</Route>
      <Route path="/tracepoint/*">{(params) => <TracepointView name={text(params['*'])} key={params['*']} />}</Route>
      <Route path="/syscall/:name">{({ name }) => <SyscallView name={text(name)} key={name} />}</Route>
      <Route path="/helper/:name">{({ name }) => <HelperView name={text(name)} key={name} />}</Route>
      <Route path="/kfunc/:name">{({ name }) => <KfuncView name={text(name)} key={name} />}</Route>
      <Route path="/lsm-hook/:name">{({ name }) => <LsmHookView name={text(name)} key={name} />}</Route>
      <Route path="/struct-ops/:name">{({ name }) => <StructOpsView name={text(name)} key={name} />}</Route>
      <Route path="/iterator/:name">{({ name }) => <IteratorView name={text(name)} key={name} />}</Route>
      <Route path="/config/:name">{({ name }) => <ConfigView name={text(name)} key={name} />}</Route>
      <Route path="/feature/:name">{({ name }) => <FeatureView name={text(name)} key={name} />}</Route>
      <Route path="/features">
        <FeaturesView />
      </Route>
      <Route path="/offsets">
        <OffsetsView />
      </Route>
      <Route path="/kernels">
        <KernelsView />
      </Route>
      <Route path="/kernel/*">{(params) => <KernelView id={text(params['*'])} key={params['*']} />}</Route>
      <Route path="/diff">
        <DiffView />
      </Route>
      <Route path="/object">
        <ObjectView />
      </Route>
      <Route path="/bundle">
        <BundleView />
      </Route>
      <Route>
        <WrongAddress path={path} />
      </Route>
    </Switch>
  );
}

/** A part of the address as text; one with a stray `%` is taken as it is. */
function text(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '');
  } catch {
    return part ?? '';
  }
}
