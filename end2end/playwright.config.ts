import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { defineConfig, type PlaywrightTestOptions, type PlaywrightWorkerOptions, type Project } from '@playwright/test';

import type { Options } from './fixtures/index.ts';
import { chromiumArguments, chromiumPath } from './support/chromium.ts';
import { PLATFORMS, type PlatformName } from './support/platforms.ts';

/** `cargo leptos end-to-end` has a server running already and says where. */
const port = Number(process.env.LEPTOS_SITE_ADDR?.split(':').at(-1) ?? process.env.KEYMEND_TEST_PORT ?? 3100);

type PlatformProject = Project<PlaywrightTestOptions & Options, PlaywrightWorkerOptions>;

/** Where words and pictures follow the platform; everything else runs once, as macOS. */
const EVERY_PLATFORM = ['**/healing/three-causes.spec.ts', '**/sign-in/works.spec.ts', '**/fixtures/platform.spec.ts'];
/** Where a small screen with touch matters as well. */
const ON_A_PHONE = [...EVERY_PLATFORM, '**/screens.spec.ts'];
const WITHOUT_JAVASCRIPT = '**/no-js/**';
const PICTURES = '**/pictures.spec.ts';

function on(platform: PlatformName, project: Partial<PlatformProject> = {}): PlatformProject {
  const { viewport, phone } = PLATFORMS[platform];
  return { name: platform, ...project, use: { platform, viewport, isMobile: phone, hasTouch: phone, ...project.use } };
}

// Workers read this file too, and know the command line only by the environment.
if (process.argv.some((argument) => argument.includes('pictures'))) process.env.PICTURES = '1';
// Where the server keeps its data, and with it the mails that it writes.
process.env.KEYMEND_TEST_DATA ??= process.env.LEPTOS_SITE_ADDR ? resolve('../data') : join(tmpdir(), `keymend-end2end-of-${process.pid}`);

export default defineConfig<Options>({
  testDir: 'tests',
  outputDir: 'test-results/files',
  fullyParallel: true,
  forbidOnly: true,
  // A second try on a busy build machine; the report still calls such a test flaky. At a desk nothing is tried twice.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  // What takes two seconds on a quiet machine takes fifteen beside other work.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: {
    baseURL: `http://localhost:${port}`,
    locale: 'en-US',
    contextOptions: { reducedMotion: 'reduce' },
    // What was on the page at each step; a film of it would cost a fifth of the run.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromiumPath(), args: chromiumArguments() },
  },
  projects: [
    on('macos', { testIgnore: [WITHOUT_JAVASCRIPT, PICTURES] }),
    on('windows', { testMatch: EVERY_PLATFORM }),
    on('ios', { testMatch: EVERY_PLATFORM }),
    on('android', { testMatch: ON_A_PHONE }),
    on('macos', { name: 'no-js', testMatch: WITHOUT_JAVASCRIPT, use: { javaScriptEnabled: false } }),
    ...(process.env.PICTURES === '1' ? [on('macos', { name: 'pictures', testMatch: PICTURES })] : []),
  ],
  webServer: {
    command: `node support/serve.mjs ${port}`,
    url: `http://127.0.0.1:${port}/healthz`,
    reuseExistingServer: process.env.LEPTOS_SITE_ADDR !== undefined,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    timeout: 30_000,
  },
});
