import { expect, it } from 'vitest';
import { shippedPackages, softwareBill } from '../../scripts/sbom.js';
import { manifest } from './consumer.js';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly unknown[];
  readonly hashes?: readonly unknown[];
}

interface Bill {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

it('the bill of materials has what ships, and nothing else, with versions, licences and hashes', () => {
  const { bomFormat, metadata, components } = JSON.parse(softwareBill()) as Bill;
  expect([bomFormat, metadata.component.purl]).toEqual(['CycloneDX', `pkg:npm/countersign@${manifest.version}`]);
  const shipped = [...shippedPackages()].map(
    ([folder, { version }]) => `${folder.replace(/^.*node_modules\//, '')}@${version ?? ''}`,
  );
  expect(components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual([...new Set(shipped)].sort());
  expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  expect(components.filter(({ licenses = [], hashes = [] }) => licenses.length === 0 || hashes.length === 0)).toEqual(
    [],
  );
});
