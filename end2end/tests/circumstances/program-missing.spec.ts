/** The program does not come into the browser, although scripts run: nobody waits for it forever. */
import type { Page } from '@playwright/test';

import { expect, test } from '../../fixtures/index.ts';
import { App } from '../../screens/app.ts';

const PROGRAM = '**/*.wasm';
const words = (page: Page) => page.getByText('Passkeys need JavaScript, which does not run here.', { exact: false });

test('it is refused: it is said where a passkey is asked for, and the password leads on', async ({ browser, baseURL, person }) => {
  const ada = person.withoutAddress();
  await ada.signUp();
  // Nobody watches this one for failures: one is what it is for.
  const context = await browser.newContext({ baseURL: baseURL! });
  await context.route(PROGRAM, (route) => route.abort());
  const page = await context.newPage();
  const app = new App(page, false, '');
  await page.goto('/sign-in');
  await app.identify.submit(ada.identifier);
  await app.enterPassword.isShown();
  await expect(app.enterPassword.usePasskey).toBeHidden();
  await ada.in(app).enterPassword();
  await app.needsProof.isShown();
  await expect(words(page)).toBeVisible();
  await expect(app.needsProof.usePasskey).toBeHidden();
  await app.needsProof.continue.click();
  await app.dashboard.isShown();
  await context.close();
});

test('it comes late: nothing is said at first, later it is, and no more once the page reacts', async ({ app, page, person }) => {
  await person.createAccount();
  await page.clock.install();
  let come!: () => void;
  const coming = new Promise<void>((done) => (come = done));
  await page.route(PROGRAM, async (route) => {
    await coming;
    await route.continue();
  });
  await page.reload({ waitUntil: 'domcontentloaded' });
  await app.createPasskey.isShown();
  await page.clock.fastForward(10_000);
  await expect(words(page)).toBeHidden();
  await expect(app.createPasskey.create).toBeVisible();
  await page.clock.fastForward(11_000);
  await expect(words(page)).toBeVisible();
  await expect(app.createPasskey.create).toBeHidden();
  come();
  await app.reacts();
  await expect(words(page)).toBeHidden();
  await expect(app.createPasskey.create).toBeVisible();
});
