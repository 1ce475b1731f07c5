// Functions by the type of a parameter, against a naive walk of a kernel's BTF.

import { type Btf, BtfKind, decodeType, parseBtf } from '@btfq/btf-format';
import { funcsOfType, parseWhere } from '@btfq/btf-index';
import { fixtureKernel, kernelBtf } from '@btfq/test-kit';
import { graphql } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSchema } from '../src/index.ts';
import { type FixtureIndex, fixtureIndex } from './fixture-index.ts';

const RELEASE = '6.1.0-50-cloud-amd64';
const { id } = fixtureKernel(RELEASE);
let fixture: FixtureIndex;
let btf: Btf;
/** Parameters by their type: `tcp_sendmsg 0`. Unrelated functions of one name may call theirs differently. */
const taking = new Map<string, Set<string>>();
const squeezed = (type: string): string => type.replaceAll(' ', '');

beforeAll(() => {
  fixture = fixtureIndex();
  btf = parseBtf(kernelBtf(id));
  for (let at = 1; at < btf.typeCount; at++) {
    const func = decodeType(btf, at);
    const proto = func.kind === BtfKind.Func ? decodeType(btf, func.type) : undefined;
    if (func.kind !== BtfKind.Func || proto?.kind !== BtfKind.FuncProto) continue;
    proto.params.forEach((param, position) => {
      const own = param.type === 0 ? undefined : text(param.type);
      if (own === undefined) return;
      const all = taking.get(squeezed(own)) ?? new Set();
      taking.set(squeezed(own), all.add(`${func.name} ${position}`));
    });
  }
});
afterAll(() => fixture.remove());

/** A type as C writes it; undefined for what this test does not ask for. */
function text(type: number): string | undefined {
  const one = decodeType(btf, type);
  switch (one.kind) {
    case BtfKind.Ptr: {
      const to = one.type === 0 ? 'void' : text(one.type);
      return to === undefined ? undefined : `${to}${to.endsWith('*') ? '' : ' '}*`;
    }
    case BtfKind.Const: {
      const of = one.type === 0 ? 'void' : text(one.type);
      return of === undefined || of.endsWith('*') ? undefined : `const ${of}`;
    }
    case BtfKind.Struct:
      return one.name === '' ? undefined : `struct ${one.name}`;
    case BtfKind.Union:
      return one.name === '' ? undefined : `union ${one.name}`;
    case BtfKind.Typedef:
    case BtfKind.Int:
      return one.name;
    default:
      return undefined;
  }
}

test.each(['struct sk_buff *', 'const struct cred *', 'union bpf_attr *', 'struct task_struct * *', 'gfp_t', 'void *'])(
  'functions that take %s are those of a naive walk',
  (type) => {
    const wanted = taking.get(squeezed(type)) ?? new Set();
    expect(wanted.size).toBeGreaterThan(0);
    const found = funcsOfType(fixture.index, type, parseWhere(`release=${RELEASE}`)).map(
      ({ func, position }) => `${func} ${position}`,
    );
    expect(new Set(found)).toEqual(wanted);
    expect(found.length).toBe(wanted.size);
  },
);

test('pages, kernels and places by GraphQL; a type that nothing takes', async () => {
  const source = `{
    funcsOfType(type: "struct cred*", first: 2) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { func position param kernels { id } places { module } }
    }
    none: funcsOfType(type: "struct of_no_kernel *") { totalCount nodes { func } }
  }`;
  const { data, errors } = await graphql({ schema: createSchema(fixture.index), source, contextValue: {} });
  expect(errors).toBeUndefined();
  const { funcsOfType: page, none } = JSON.parse(JSON.stringify(data));
  const all = funcsOfType(fixture.index, 'struct cred *');
  expect(page.totalCount).toBe(all.length);
  expect(page.pageInfo.hasNextPage).toBe(true);
  expect(page.nodes.map(({ func }: { func: string }) => func)).toEqual(all.slice(0, 2).map(({ func }) => func));
  expect(page.nodes[0].kernels.length).toBe(all[0]?.kernelIds.length);
  expect(page.nodes[0].places).toEqual([{ module: null }]);
  expect(none).toEqual({ totalCount: 0, nodes: [] });
});
