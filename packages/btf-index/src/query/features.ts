// Which kernels of an index have a feature: by their own tables, then their types, then their release.

import { BtfKind } from '@btfq/btf-format';
import { type Feature, FEATURE_ENUMS, featureCatalogue, featureOfEnumerator, hasByRelease } from '@btfq/load-check';
import type { TypeFact } from '@btfq/kernel-tables';
import type { Kernel } from '../answer-types.ts';
import { decodeEnum } from '../encoding/type-code.ts';
import type { BtfIndex } from '../store/btf-index.ts';
import { rowsOf } from '../store/row-cache.ts';
import { factKeys, factsByKeys } from '../store/table-facts.ts';
import { VarintReader } from '../varints.ts';
import type { KernelFilter } from './kernel-filter.ts';
import { kernels } from './kernels.ts';

/** What one kernel says. `image`: its tables; `btf`: its types; `release`: a table by mainline release. */
export interface FeatureInKernel {
  readonly kernelId: number;
  readonly state: 'present' | 'absent' | 'not-known';
  readonly evidence: 'image' | 'btf' | 'release';
}

/** A feature, and what each kernel says. */
export interface FeatureAnswer extends Feature {
  /** In kernel order. */
  readonly kernels: readonly FeatureInKernel[];
}

/** All features that are known or that some kernel has, by kind and name. */
export function features(index: BtfIndex, where?: KernelFilter): FeatureAnswer[] {
  return new FeatureReader(index, kernels(index, where)).all();
}

/**
 * Those that a word means: a feature's name, its enumerator, with or without prefix, or one of its other words; else those
 * of which it is a part.
 */
export function featuresNamed(index: BtfIndex, word: string, where?: KernelFilter): FeatureAnswer[] {
  const wanted = plain(word);
  const all = features(index, where);
  const names = ({ name, enumerator, words }: Feature) =>
    [name, name.replace(/^bpf_/, ''), enumerator ?? '', ...words].map(plain);
  const exact = all.filter((feature) => names(feature).includes(wanted));
  if (exact.length > 0) return exact;
  return all.filter((feature) => feature.words.map(plain).some((each) => each.includes(wanted)));
}

const plain = (word: string) =>
  word
    .toLowerCase()
    .replace(/[`'()]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

class FeatureReader {
  private readonly index: BtfIndex;
  private readonly wanted: readonly Kernel[];
  /** By enum: the enumerators of each kernel. */
  private readonly enums = new Map<string, ReadonlyMap<number, ReadonlySet<string>>>();

  constructor(index: BtfIndex, wanted: readonly Kernel[]) {
    this.index = index;
    this.wanted = wanted;
    for (const name of Object.keys(FEATURE_ENUMS)) this.enums.set(name, this.enumerators(name));
  }

  all(): FeatureAnswer[] {
    const found = new Map<string, Feature>();
    for (const feature of featureCatalogue()) found.set(`${feature.kind} ${feature.name}`, feature);
    for (const [enumName, byKernel] of this.enums) {
      for (const enumerator of new Set([...byKernel.values()].flatMap((own) => [...own]))) {
        const feature = featureOfEnumerator(enumName, enumerator);
        if (feature !== undefined) found.set(`${feature.kind} ${feature.name}`, feature);
      }
    }
    const types = this.typeFacts();
    return [...[...found.values()].map((feature) => this.answer(feature, types)), ...this.kfuncs()];
  }

  private answer(feature: Feature, types: ReadonlyMap<string, ReadonlyMap<number, boolean>>): FeatureAnswer {
    const byTables = types.get(`${feature.kind} ${feature.name}`);
    const byEnum = feature.enumName === undefined ? undefined : this.enums.get(feature.enumName);
    const helpers = this.enums.get('bpf_func_id');
    const own = this.wanted.map((kernel): FeatureInKernel => {
      const { id: kernelId, release } = kernel;
      const told = byTables?.get(kernelId);
      if (told !== undefined) return { kernelId, state: told ? 'present' : 'absent', evidence: 'image' };
      const names = byEnum?.get(kernelId);
      if (names !== undefined && feature.enumerator !== undefined) {
        return { kernelId, state: names.has(feature.enumerator) ? 'present' : 'absent', evidence: 'btf' };
      }
      const known = helpers?.get(kernelId);
      const sourceVersion = this.sourceVersionOf(kernel);
      const has = hasByRelease(feature.since, { release, sourceVersion, helpers: known && this.shortNamesOf(known) });
      return { kernelId, state: has === undefined ? 'not-known' : has ? 'present' : 'absent', evidence: 'release' };
    });
    return { ...feature, kernels: own };
  }

  private readonly sourceVersions = new Map<number, string | undefined>();

  private sourceVersionOf({ id, banner }: Kernel): string | undefined {
    if (!this.sourceVersions.has(id)) {
      this.sourceVersions.set(id, /#\S+ SMP.* Debian (\d+\.\d+\.\d+)/.exec(banner ?? '')?.[1]);
    }
    return this.sourceVersions.get(id);
  }

  private readonly shortNames = new Map<ReadonlySet<string>, ReadonlySet<string>>();

  /** Helpers without `BPF_FUNC_`; kernels of one enum share them. */
  private shortNamesOf(names: ReadonlySet<string>): ReadonlySet<string> {
    let short = this.shortNames.get(names);
    if (short === undefined) {
      short = new Set([...names].map((name) => name.replace(/^BPF_FUNC_/, '')));
      this.shortNames.set(names, short);
    }
    return short;
  }

  /** Kernels without the enum are not there. */
  private enumerators(name: string): ReadonlyMap<number, ReadonlySet<string>> {
    const rows = rowsOf(this.index);
    const id = rows.name(name);
    const found = new Map<number, ReadonlySet<string>>();
    if (id === undefined) return found;
    const catalog = this.index.catalog();
    for (const row of rows.declared(BtfKind.Enum, id)) {
      const { values } = decodeEnum(new VarintReader(row.body));
      rows.loadTexts(values.map((value) => value.name));
      const names = new Set(values.map((value) => rows.text(value.name)));
      for (const kernelId of catalog.kernelIdsIn(rows.ranges(row.set))) found.set(kernelId, names);
    }
    return found;
  }

  /** Program and map types by the tables: `program-type kprobe`, by kernel. */
  private typeFacts(): ReadonlyMap<string, ReadonlyMap<number, boolean>> {
    const found = new Map<string, Map<number, boolean>>();
    const ids = this.wanted.map(({ id }) => id);
    for (const { kernelId, values } of factsByKeys(this.index, 'types', ['program', 'map'], ids)) {
      for (const [key, json] of values ?? []) {
        for (const { name, present } of JSON.parse(json) as TypeFact[]) {
          const feature = `${key}-type ${name.toLowerCase()}`;
          const own = found.get(feature) ?? new Map<number, boolean>();
          found.set(feature, own.set(kernelId, present));
        }
      }
    }
    return found;
  }

  /** Kernel functions that programs may call, by the tables alone. */
  private kfuncs(): FeatureAnswer[] {
    const keys = factKeys(this.index, 'kfuncs', '', 100_000);
    const names = [...new Set(keys.map((key) => key.slice(0, key.lastIndexOf(' '))))];
    const facts = factsByKeys(
      this.index,
      'kfuncs',
      keys,
      this.wanted.map(({ id }) => id),
    );
    const sets = facts.map(
      ({ values }) => values && new Set([...values.keys()].map((key) => key.slice(0, key.lastIndexOf(' ')))),
    );
    return names.map((name) => ({
      kind: 'kfunc',
      name,
      enumerator: undefined,
      enumName: undefined,
      since: undefined,
      words: [],
      kernels: this.wanted.map(({ id }, i): FeatureInKernel => {
        const own = sets[i];
        return {
          kernelId: id,
          state: own === undefined ? 'not-known' : own.has(name) ? 'present' : 'absent',
          evidence: 'image',
        };
      }),
    }));
  }
}
