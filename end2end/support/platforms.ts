/**
 * What a browser on each platform says about itself. The engine stays Chromium, so this proves words, pictures and layout, not
 * the behaviour of Safari.
 */
import { APPLE, GOOGLE, WINDOWS_HELLO, type Provider } from './providers.ts';

export type PlatformName = 'macos' | 'windows' | 'ios' | 'android';

export interface Platform {
  name: PlatformName;
  /** The provider that the platform itself brings along. */
  own: Provider;
  /** The provider whose passkeys follow a cloud account on this platform. */
  cloud: Provider;
  userAgent: string;
  /** `navigator.platform` */
  navigatorPlatform: string;
  /** Client hints; Safari sends none. */
  hints?: Hints;
  viewport: { width: number; height: number };
  phone: boolean;
}

export interface Hints {
  brands: { brand: string; version: string }[];
  fullVersionList: { brand: string; version: string }[];
  platform: string;
  platformVersion: string;
  architecture: string;
  model: string;
  mobile: boolean;
}

const CHROME = '156';

function hints(own: Pick<Hints, 'platform' | 'platformVersion' | 'architecture' | 'model' | 'mobile'>): Hints {
  const brands = ['Chromium', 'Google Chrome'].map((brand) => ({ brand, version: CHROME }));
  const grease = { brand: 'Not)A;Brand', version: '24' };
  const full = brands.map(({ brand }) => ({ brand, version: `${CHROME}.0.0.0` }));
  return { ...own, brands: [grease, ...brands], fullVersionList: [{ ...grease, version: '24.0.0.0' }, ...full] };
}

export const PLATFORMS: Record<PlatformName, Platform> = {
  macos: {
    name: 'macos',
    own: APPLE,
    cloud: APPLE,
    userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${CHROME}.0.0.0 Safari/537.36`,
    navigatorPlatform: 'MacIntel',
    hints: hints({ platform: 'macOS', platformVersion: '15.6.0', architecture: 'arm', model: '', mobile: false }),
    viewport: { width: 1280, height: 800 },
    phone: false,
  },
  windows: {
    name: 'windows',
    own: WINDOWS_HELLO,
    // Windows Hello keeps its passkeys on one installation; what follows an account there is Chrome's own manager.
    cloud: GOOGLE,
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${CHROME}.0.0.0 Safari/537.36`,
    navigatorPlatform: 'Win32',
    hints: hints({ platform: 'Windows', platformVersion: '15.0.0', architecture: 'x86', model: '', mobile: false }),
    viewport: { width: 1366, height: 768 },
    phone: false,
  },
  ios: {
    name: 'ios',
    own: APPLE,
    cloud: APPLE,
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    navigatorPlatform: 'iPhone',
    viewport: { width: 390, height: 844 },
    phone: true,
  },
  android: {
    name: 'android',
    own: GOOGLE,
    cloud: GOOGLE,
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${CHROME}.0.0.0 Mobile Safari/537.36`,
    navigatorPlatform: 'Linux armv81',
    hints: hints({ platform: 'Android', platformVersion: '15.0.0', architecture: '', model: 'Pixel 9', mobile: true }),
    viewport: { width: 412, height: 915 },
    phone: true,
  },
};
