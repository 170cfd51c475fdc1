import { describe, expect, it } from 'vitest';
import { typeCheck } from '../docs/type-check.js';
import { configMaps, containersOf, manifests, ours, pods, services } from './manifests.js';

/** Where Kubernetes has the type of an object. */
function moduleOf(apiVersion: string): string {
  return apiVersion === 'v1' ? 'core/v1' : apiVersion.replace('.k8s.io', '');
}

describe('the manifests', () => {
  it('say nothing that Kubernetes does not know', () => {
    const blocks = manifests.map((manifest, index) => ({
      file: `deploy/kubernetes/${index}.yaml`,
      line: 1,
      language: 'ts',
      text: `import type { ${manifest.kind} } from 'kubernetes-types/${moduleOf(manifest.apiVersion)}.js';
export const manifest: ${manifest.kind} = ${JSON.stringify(manifest)};`,
    }));
    const misspelt = {
      ...{ file: 'deploy/kubernetes/misspelt.yaml', line: 1, language: 'ts' },
      text: "import type { Pod } from 'kubernetes-types/core/v1.js';\nexport const manifest: Pod = { spec: { containers: [{ name: 'a', imagePullPolcy: 'Always' }] } };",
    };
    const problems = typeCheck([...blocks, misspelt]);
    expect(blocks.map((block) => problems.get(block))).toEqual(blocks.map(() => []));
    expect(problems.get(misspelt)).toEqual([expect.stringContaining('imagePullPolcy') as string]);
  });

  it('mount volumes, and name ports and settings, that there are', () => {
    expect(pods.map(({ name }) => name).sort()).toEqual(['agent', 'countersign-collector', 'countersign-proxy']);
    for (const { spec, claims } of pods) {
      const volumes = [...(spec.volumes?.map(({ name }) => name) ?? []), ...claims];
      for (const { ports = [], volumeMounts = [], envFrom = [], ...probes } of containersOf(spec)) {
        expect(volumes).toEqual(expect.arrayContaining(volumeMounts.map(({ name }) => name)));
        const asked = [probes.readinessProbe, probes.livenessProbe, probes.startupProbe].flatMap(
          (probe) => probe?.httpGet?.port ?? [],
        );
        expect(ports.map(({ name }) => name)).toEqual(expect.arrayContaining(asked));
        const settings = envFrom.map(({ configMapRef }) => configMapRef?.name);
        expect(configMaps.map(({ metadata }) => metadata?.name)).toEqual(expect.arrayContaining(settings));
      }
    }
  });

  it('give each service pods and ports that there are, and the proxy the address of the collector', () => {
    for (const { metadata, spec } of services) {
      const behind = pods.filter(
        ({ labels, namespace }) => namespace === metadata?.namespace && labels['app'] === spec?.selector?.['app'],
      );
      const ports = behind.flatMap(({ spec: pod }) => containersOf(pod).flatMap(({ ports: open = [] }) => open));
      expect(ports.map(({ name }) => name)).toEqual(
        expect.arrayContaining(spec?.ports?.map(({ targetPort }) => targetPort) ?? []),
      );
    }
    const collector = services.find(({ metadata }) => metadata?.name === 'countersign-collector');
    const { name, namespace } = collector?.metadata ?? {};
    expect(configMaps[0]?.data?.['COLLECTOR_URL']).toBe(`https://${name}.${namespace}.svc/v1/records`);
    expect(collector?.spec?.ports?.[0]?.port).toBe(443);
  });

  it('name files only where something is mounted', () => {
    expect(ours).toHaveLength(3);
    for (const { args = [], envFrom = [], volumeMounts = [] } of ours) {
      const settings = envFrom.length > 0 ? Object.values(configMaps[0]?.data ?? {}) : [];
      const paths = [...args.map((arg) => arg.replace(/^--[a-z-]+=/, '')), ...settings].filter(
        (text) => text[0] === '/',
      );
      const folders = volumeMounts.map(({ mountPath }) => mountPath);
      expect(paths.filter((path) => !folders.some((folder) => `${path}/`.startsWith(`${folder}/`)))).toEqual([]);
    }
  });
});
