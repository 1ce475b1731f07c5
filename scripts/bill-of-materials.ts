// What a bundle is made of: the packages whose files went into it, their licences, and a CycloneDX document of them.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';

/** A package in a bundle. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Text of its licence, where the package has one. */
  readonly text: string | undefined;
}

/** The package that a file belongs to, in a list of one; none for what no package holds. */
export function packageOf(file: string): Component[] {
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

const byName = (a: Component, b: Component) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** A CycloneDX 1.6 document as JSON. The first component is the runtime. */
export function billOfMaterials(name: string, components: readonly Component[]): string {
  const bom = new Models.Bom();
  bom.metadata.component = new Models.Component(Enums.ComponentType.Application, name);
  for (const one of [...components].sort(byName)) {
    const type = one === components[0] ? Enums.ComponentType.Platform : Enums.ComponentType.Library;
    const component = new Models.Component(type, one.name, { version: one.version });
    component.licenses.add(new Models.NamedLicense(one.license));
    bom.components.add(component);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return serializer.serialize(bom, { sortLists: true, space: 2 });
}

/** The licences of all, with their texts. */
export function licensesText(components: readonly Component[]): string {
  return [...components]
    .sort(byName)
    .map(({ name, version, license, text }) => `${name} ${version}: ${license}\n${text ? `\n${text.trim()}\n` : ''}`)
    .join(`\n${'-'.repeat(72)}\n`);
}
