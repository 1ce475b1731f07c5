// Against what booted kernels said of the programs of fixtures/load-check: none that loads is called failing, and what
// fails is called so, but for the verifier's own logic.

import { parseBtf } from '@btfq/btf-format';
import { checkLoad, requirementsOf } from '@btfq/load-check';
import { openObject } from '@btfq/loader';
import { fixtureBytes, kernelBtf } from '@btfq/test-kit';
import { expect, it } from 'vitest';

interface Truth {
  readonly obj: string;
  readonly prog: string;
  readonly ok: boolean;
}

/** Programs that fail for what types and tables do not say. */
const BEYOND: Readonly<Record<string, readonly string[]>> = {
  '6.1.0-50-cloud-amd64': ['result_there', 'changes_result'],
  '7.2.13+deb14-cloud-amd64': [],
};

it.each(Object.entries(BEYOND))('agrees with a booted %s', (release, beyond) => {
  const lines = new TextDecoder()
    .decode(fixtureBytes(`load-check/truth/${release}.jsonl`))
    .trim()
    .split('\n');
  const truth = lines.map((line) => JSON.parse(line) as Truth);
  expect(truth.length).toBeGreaterThan(55);
  const target = { vmlinux: parseBtf(kernelBtf(release)), modules: [] };
  const wrong: string[] = [];
  for (const obj of new Set(truth.map((each) => each.obj))) {
    const object = openObject(fixtureBytes(`load-check/${obj}`), { path: obj });
    const kernel = { name: release, release, distro: 'debian', arch: 'x86_64', target };
    const answers = checkLoad(requirementsOf(object, { all: true }), kernel);
    for (const { program, verdict } of answers) {
      const said = truth.find((each) => each.obj === obj && each.prog === program);
      if (said === undefined) wrong.push(`${obj} ${program}: no truth`);
      else if (said.ok && verdict === 'fails') wrong.push(`${obj} ${program}: false alarm`);
      else if (!said.ok && verdict !== 'fails' && !beyond.includes(program)) wrong.push(`${obj} ${program}: missed`);
    }
  }
  expect(wrong).toEqual([]);
});
