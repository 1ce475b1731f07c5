// The packages whose files went into a bundle, and their licences as one text.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A package in a bundle. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Text of its licence, where the package has one. */
  readonly text: string | undefined;
}

/** The package that a file belongs to, in a list of one; none for what no package holds. */
function packageOf(file: string): Component[] {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { name, version, license } = JSON.parse(readFileSync(manifest, 'utf8')) as Partial<Component>;
    if (name === undefined || version === undefined) continue;
    const [found] = globSync('{LICENSE,LICENCE,License,license}*', { cwd: folder });
    const text = found === undefined ? undefined : readFileSync(join(folder, found), 'utf8');
    return [{ name, version, license: license ?? 'NOASSERTION', text }];
  }
  return [];
}

/** Between two packages in the text. */
const RULE = `\n${'-'.repeat(72)}\n`;

/** The packages that the files belong to, each once. Files of bundlers, which no package holds, have none. */
export function packagesOf(files: readonly string[]): Component[] {
  const found = files.flatMap((file) => packageOf(file.replace(/^\0|\?.*$/g, '')));
  return [...new Map(found.map((one) => [`${one.name}@${one.version}`, one])).values()];
}

/** In the order of their names. */
export function byName(a: Component, b: Component): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The licences of all, with their texts. */
export function licensesText(components: readonly Component[]): string {
  return [...components]
    .sort(byName)
    .map(({ name, version, license, text }) => `${name} ${version}: ${license}\n${text ? `\n${text.trim()}\n` : ''}`)
    .join(RULE);
}

/** The packages of such a text. Throws where a part of it is none. */
export function componentsIn(licenses: string): Component[] {
  return licenses.split(RULE).map((part) => {
    const [, name, version, license, text] = /^(\S+) (\S+): (.+)\n(?:\n([\s\S]*))?$/.exec(part) ?? [];
    if (name === undefined || version === undefined || license === undefined) {
      throw new Error(`not a package and its licence: ${part.slice(0, 80)}`);
    }
    return { name, version, license, text };
  });
}
