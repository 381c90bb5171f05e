/** Why a passkey that worked yesterday does not work today: the three causes that Keymend heals. */
import type { Device } from '../fixtures/device.ts';
import { BITWARDEN, type Provider } from './providers.ts';

export interface Cause {
  name: string;
  /** Who keeps the first passkey. */
  keptBy: (device: Device) => Provider;
  strikes: (device: Device) => Promise<void>;
  /** Who will keep the new one. */
  thenKeptBy: (device: Device) => Provider;
}

export const CAUSES: Cause[] = [
  {
    name: 'the passkey was deleted on this device',
    keptBy: (device) => device.platform.own,
    strikes: (device) => device.deletePasskeys(),
    thenKeptBy: (device) => device.platform.own,
  },
  {
    name: 'this device is signed in to another cloud account',
    keptBy: (device) => device.platform.cloud,
    strikes: (device) => device.switchCloudAccount(),
    thenKeptBy: (device) => device.platform.cloud,
  },
  {
    name: 'the password manager is signed out',
    keptBy: () => BITWARDEN,
    strikes: (device) => device.signOutManager(BITWARDEN.name),
    thenKeptBy: (device) => device.platform.own,
  },
];
