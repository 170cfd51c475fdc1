/** The manifests of `deploy/kubernetes`. */
import { readdir } from 'node:fs/promises';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { ConfigMap, Container, Pod, PodSpec, Service } from 'kubernetes-types/core/v1.js';
import { readDocuments } from './read-documents.js';

type Manifest = (StatefulSet | Pod | ConfigMap | Service | { readonly kind: 'NetworkPolicy' }) & {
  readonly apiVersion: string;
};

const files = await readdir(new URL('../../deploy/kubernetes', import.meta.url));
/** Every object of every file. */
export const manifests: readonly Manifest[] = (
  await Promise.all(files.map((file) => readDocuments(`kubernetes/${file}`)))
).flat() as unknown as Manifest[];

const sets = manifests.filter(({ kind }) => kind === 'StatefulSet') as StatefulSet[];
export const services: readonly Service[] = manifests.filter(({ kind }) => kind === 'Service') as Service[];
export const configMaps: readonly ConfigMap[] = manifests.filter(({ kind }) => kind === 'ConfigMap') as ConfigMap[];
/** A pod, or what a set makes its pods of. */
interface PodTemplate {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** Volumes that the set makes for each. */
  readonly claims: readonly (string | undefined)[];
}

export const pods: readonly PodTemplate[] = [
  ...sets.map((set) => ({
    name: set.metadata?.name ?? '',
    namespace: set.metadata?.namespace,
    labels: set.spec?.template.metadata?.labels ?? {},
    spec: set.spec?.template.spec as PodSpec,
    claims: set.spec?.volumeClaimTemplates?.map(({ metadata }) => metadata?.name) ?? [],
  })),
  ...(manifests.filter(({ kind }) => kind === 'Pod') as Pod[]).map(({ metadata, spec }) => ({
    name: metadata?.name ?? '',
    namespace: metadata?.namespace,
    labels: metadata?.labels ?? {},
    spec: spec as PodSpec,
    claims: [],
  })),
];
/** Those that start before the others as well. */
export const containersOf = ({ initContainers = [], containers }: PodSpec): Container[] => [
  ...initContainers,
  ...containers,
];
/** Containers of ours. */
export const ours: readonly Container[] = pods.flatMap(({ spec }) =>
  containersOf(spec).filter(({ image }) => image?.startsWith('countersign:')),
);
