/**
 * Who keeps a passkey: the AAGUID a real provider writes into a new passkey, the names people know it by, and whether it copies
 * passkeys to other devices.
 */
export interface Provider {
  name: string;
  /** What a person may read for it on a screen. */
  reads: RegExp;
  aaguid: string;
  synced: boolean;
}

export const APPLE: Provider = {
  name: 'Apple Passwords',
  reads: /Apple Passwords|iCloud Keychain/,
  aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
  synced: true,
};

export const WINDOWS_HELLO: Provider = {
  name: 'Windows Hello',
  reads: /Windows Hello/,
  aaguid: '08987058-cadc-4b81-b6e1-30de50dcbe96',
  synced: false,
};

export const GOOGLE: Provider = {
  name: 'Google Password Manager',
  reads: /Google Password Manager/,
  aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4',
  synced: true,
};

export const BITWARDEN: Provider = {
  name: 'Bitwarden',
  reads: /Bitwarden/,
  aaguid: 'd548826e-79b4-db40-a3d8-11116f7e8349',
  synced: true,
};

const ALL = [APPLE, WINDOWS_HELLO, GOOGLE, BITWARDEN];

export function providerNamed(name: string): Provider {
  const found = ALL.find((provider) => provider.name === name);
  if (!found) throw new Error(`No provider is called “${name}”. Known: ${ALL.map((provider) => provider.name).join(', ')}.`);
  return found;
}
