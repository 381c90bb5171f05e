/** The Chromium that runs the suite: `CHROMIUM_PATH`, else the first one on the PATH. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { fingerprint } from './tls.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** A name that leads to the same server, but that no browser takes for a secure origin over plain http. */
export const INSECURE_HOST = 'keymend.test';

export function chromiumPath(): string {
  const given = process.env.CHROMIUM_PATH;
  if (given) return given;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const candidate = join(folder, name);
      if (isExecutable(candidate)) return candidate;
    }
  }
  throw new Error('No Chromium found: install one (Debian: apt-get install chromium), or set CHROMIUM_PATH to it.');
}

export function chromiumArguments(): string[] {
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  // Chromium refuses its sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [...sandbox, ...quiet, `--ignore-certificate-errors-spki-list=${fingerprint()}`, `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
