/**
 * `npm run sbom`: writes `sbom.cdx.json`, the packages that an install of Countersign brings, with versions, licences and hashes, in CycloneDX.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** Where it is written. It is made for a release, and not kept. */
export const sbomUrl: URL = new URL('../sbom.cdx.json', import.meta.url);

/** What of a package the lock file says. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

type Manifest = Readonly<Record<string, unknown>>;

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')) as unknown;

/** The packages that ship, by their folders: those of every platform, without what only the development and optional peers need. */
export function shippedPackages(): ReadonlyMap<string, LockedPackage> {
  const { packages } = readJson('package-lock.json') as Lock;
  const shipped = Object.entries(packages).filter(
    ([folder, { dev, devOptional }]) => folder !== '' && !(dev ?? devOptional),
  );
  return new Map(shipped);
}

/** A manifest as if there were no development. */
function shippedManifest(manifest: Manifest): Manifest {
  const ofDevelopment = ['devDependencies', 'peerDependencies', 'peerDependenciesMeta', 'scripts'];
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => !ofDevelopment.includes(key)));
}

/**
 * Makes the bill of materials. npm is shown a folder in which nothing but what ships was ever asked for: its `--omit dev` leaves out whatever a package of the
 * development needs as well, such as jose.
 */
export function softwareBill(): string {
  const above = mkdtempSync(join(tmpdir(), 'countersign-sbom-'));
  // npm names the subject by its folder.
  const folder = join(above, 'countersign');
  try {
    mkdirSync(folder);
    const manifest = readJson('package.json') as Manifest;
    const { packages, ...lock } = readJson('package-lock.json') as Lock;
    const root = shippedManifest(packages[''] as Manifest);
    const shipped = { ...lock, packages: { '': root, ...Object.fromEntries(shippedPackages()) } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(shippedManifest(manifest)));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(shipped));
    const { status, stdout, stderr } = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
    return stdout;
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(sbomUrl, softwareBill());
