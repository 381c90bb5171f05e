/**
 * The key and certificate of the proxy and the mail server in the tests: for this machine, and for the name that leads to it in
 * the browser of the tests and nowhere else. Made once with `openssl req -x509 -days 36500 -subj /CN=keymend.test
 * -addext subjectAltName=DNS:keymend.test,DNS:localhost -addext basicConstraints=critical,CA:FALSE`.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const CERTIFICATE_FILE = fileURLToPath(new URL('keymend.test.pem', import.meta.url));
export const KEY_AND_CERTIFICATE = readFileSync(CERTIFICATE_FILE);

/** What Chromium is told to take for certified: a page whose certificate is only clicked away has no WebAuthn. */
export function fingerprint(): string {
  const key = new X509Certificate(KEY_AND_CERTIFICATE).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
