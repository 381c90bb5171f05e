/** Why a passkey that worked yesterday does not work today: the three causes that Keymend heals. */
import type { Device } from '../fixtures/device.ts';
import type { PlatformName } from './platforms.ts';
import { BITWARDEN, type Provider } from './providers.ts';

export interface Cause {
  name: string;
  /** Who keeps the first passkey. */
  keptBy: (device: Device) => Provider;
  strikes: (device: Device) => Promise<void>;
  /** Who will keep the new one. */
  thenKeptBy: (device: Device) => Provider;
  /** Where the owner is sent to look for the first one, once it is known not to be here; each platform has its own place. */
  placeToLook?: Record<PlatformName, string>;
}

export const CAUSES: Cause[] = [
  {
    name: 'the passkey was deleted on this device',
    keptBy: (device) => device.platform.own,
    strikes: (device) => device.deletePasskeys(),
    thenKeptBy: (device) => device.platform.own,
    placeToLook: {
      macos: 'Open the Passwords app on this Mac, or System Settings ›',
      windows: 'Windows Settings › Accounts › Passkeys',
      ios: 'Open the Passwords app on this iPhone, or Settings ›',
      android: 'Open Settings, search for “Password Manager”',
    },
  },
  {
    name: 'this device is signed in to another cloud account',
    keptBy: (device) => device.platform.cloud,
    strikes: (device) => device.switchCloudAccount(),
    thenKeptBy: (device) => device.platform.cloud,
    placeToLook: {
      macos: 'Look in System Settings › your name › iCloud › Passwords',
      windows: 'Choose your picture in the corner of Chrome',
      ios: 'Look in Settings › your name › iCloud › Passwords',
      android: 'Look in Settings › Google',
    },
  },
  {
    name: 'the password manager is signed out',
    keptBy: () => BITWARDEN,
    strikes: (device) => device.signOutManager(BITWARDEN.name),
    thenKeptBy: (device) => device.platform.own,
  },
];
