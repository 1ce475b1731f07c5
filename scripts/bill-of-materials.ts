// What a bundle is made of, as a CycloneDX document.

import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { byName, type Component } from './licenses.ts';

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
