// A build starts from an empty dist/, so that a file that was moved or deleted is not published.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
