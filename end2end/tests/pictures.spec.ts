/** Draws the pictures of the documentation from the real screens: `npm run pictures`. Not part of the suite. */
import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures/index.ts';
import { another } from '../fixtures/mailbox.ts';

const FOLDER = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
/** The words on a picture fit the machine it shows. */
const SIZES = {
  desktop: { platform: 'macos', viewport: { width: 1280, height: 800 } },
  phone: { platform: 'ios', viewport: { width: 390, height: 844 } },
} as const;

for (const [size, { platform, viewport }] of Object.entries(SIZES)) {
  test.describe(size, () => {
    test.use({ platform });
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`the flow, ${colorScheme}`, async ({ app, device, page, anotherPerson: ada }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const picture = async (name: string) => {
          await page.mouse.move(0, 0);
          await page.screenshot({ path: `${FOLDER}${name}-${size}-${colorScheme}.png`, animations: 'disabled', caret: 'hide' });
        };

        await app.open('/sign-up');
        await picture('sign-up');
        await app.signUp.submit(ada.identifier, ada.password);
        await ada.confirmSignUp();
        await app.createPasskey.isShown();
        await picture('create-passkey-first');
        await ada.createPasskey();
        await ada.signOut();
        await ada.comesBackLater();
        await picture('one-tap');
        await app.identify.useAnotherAccount.click();
        await expect(app.identify.immediate).toBeVisible();
        await picture('identify');

        const prompt = device.holdNextPrompt();
        await ada.startSignIn();
        await prompt.shown;
        await app.usePasskey.isShown();
        await picture('use-passkey');
        await device.deletePasskeys();
        prompt.dismiss();
        await expect(app.usePasskey.tryAgain).toBeVisible();
        await picture('use-passkey-again');
        await app.usePasskey.tryAgain.click();
        await app.enterPassword.isShown();
        await picture('enter-password');
        await app.enterPassword.submit('certainly not the password');
        await expect(app.enterPassword.alert).toBeVisible();
        await picture('enter-password-wrong');
        await ada.enterPassword();
        await app.createPasskey.isShown();
        await picture('create-passkey');
        await app.createPasskey.create.click();
        await app.passkeyCreated.isShown();
        await picture('passkey-created');
        await app.passkeyCreated.continue.click();
        await app.dashboard.isShown();
        await picture('dashboard');
        await ada.signOut();
        await ada.signIn();
        await expect(app.dashboard.healConfirmed).toBeVisible();
        await picture('dashboard-healed');

        await ada.signOut();
        device.dismissNext(2);
        await ada.failTwice();
        await ada.enterPassword();
        await app.createPasskey.isShown();
        await app.createPasskey.create.click();
        await app.alreadyHere.isShown();
        await picture('already-here');
      });
    }
  });
}

/** The passkey of a Mac, on a machine where it cannot be. */
const ELSEWHERE = { desktop: 'windows', phone: 'android' } as const;

for (const [size, { viewport }] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`a passkey on another device, ${size}, ${colorScheme}`, async ({ app: mac, device, person, anotherDevice }) => {
      await person.signUp();
      const { app, device: there } = await anotherDevice({ platform: ELSEWHERE[size as keyof typeof ELSEWHERE], capabilities: { hybridTransport: true } });
      const { page } = there;
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const picture = async (name: string) => {
        await page.mouse.move(0, 0);
        await page.screenshot({ path: `${FOLDER}${name}-${size}-${colorScheme}.png`, animations: 'disabled', caret: 'hide' });
      };

      const ada = person.in(app);
      there.answersWith(device);
      await ada.startSignIn();
      await app.enterPassword.usePasskey.click();
      await app.createPasskey.isShown();
      await picture('create-passkey-across');
      await app.createPasskey.notNow.click();
      await ada.signOut();
      await ada.startSignIn();
      await app.usePasskey.isShown();
      await picture('across-devices');
      const prompt = there.holdNextPrompt();
      await app.usePasskey.start.click();
      await prompt.shown;
      await picture('across-devices-waiting');
      prompt.dismiss();
      await expect(app.usePasskey.tryAgain).toBeVisible();
      await picture('across-devices-again');

      // A passkey that the account does not have any more.
      await device.copyPasskeysTo(there);
      await mac.dashboard.remove(mac.dashboard.rows.first());
      await mac.dashboard.hasPasskeys(0);
      await app.usePasskey.notYou.click();
      await app.identify.isShown();
      await there.picksSuggestion();
      await expect(app.main).toContainText('no longer accepted');
      await picture('identify-not-accepted');
    });
  }
}

for (const [size, { platform, viewport }] of Object.entries(SIZES)) {
  test.describe(size, () => {
    test.use({ platform });
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`codes and ways back in, ${colorScheme}`, async ({ app, page, person: ada, mailbox, anotherDevice }) => {
        const prepared = async (page: Page) => {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          return async (name: string) => {
            await page.mouse.move(0, 0);
            const path = `${FOLDER}${name}-${size}-${colorScheme}.png`;
            await page.screenshot({ path, animations: 'disabled', caret: 'hide', fullPage: true });
          };
        };
        const picture = await prepared(page);
        await app.open('/sign-up');
        await app.signUp.submit(ada.identifier, ada.password);
        await app.confirmSignUp.isShown();
        await picture('confirm-sign-up');
        await ada.confirmSignUp();
        await ada.createPasskey();
        await picture('dashboard-advice');
        await app.dashboard.recoveryCodes.click();
        await app.getCodes.isShown();
        await picture('get-codes');
        await app.getCodes.get.click();
        await app.recoveryCodes.isShown();
        await picture('recovery-codes');
        await app.recoveryCodes.continue.click();
        await app.dashboard.isShown();

        const { app: there, device } = await anotherDevice();
        const elsewhere = await prepared(device.page);
        await ada.in(there).startSignInWithPassword();
        await there.enterPassword.emailCode.click();
        await there.enterCode.isShown();
        await elsewhere('enter-code');
        await there.enterCode.submit('000000');
        await expect(there.enterCode.alert).toBeVisible();
        await elsewhere('enter-code-wrong');
        await there.enterCode.usePassword.click();
        await there.enterPassword.isShown();
        await ada.in(there).enterPassword();
        await there.confirm.isShown();
        await elsewhere('confirm');
        const { code } = await mailbox.next(ada.identifier, 'Your code for Keymend');
        await there.confirm.submit(another(code));
        await expect(there.confirm.alert).toBeVisible();
        await elsewhere('confirm-wrong');
        await there.confirm.submit(code);
        await ada.in(there).createPasskey();
        await app.open('/dashboard');
        await expect(app.dashboard.notMe).toBeVisible();
        await picture('dashboard-news');
        await app.dashboard.notMe.click();
        await app.notMe.isShown();
        await picture('not-me');
        await app.notMe.wasNotMe.click();
        await app.notMeDone.isShown();
        await picture('not-me-done');
        await app.notMeDone.newPassword.click();
        await app.forgotPassword.isShown();
        await picture('forgot-password');
        await app.forgotPassword.submit(ada.identifier);
        await app.newPassword.isShown();
        await picture('new-password');
      });
    }
  });
}

for (const [size, { platform, viewport }] of Object.entries(SIZES)) {
  test.describe(size, () => {
    test.use({ platform });
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`the account, ${colorScheme}`, async ({ app, page, device, person: ada }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const picture = async (name: string) => {
          await app.reacts();
          await page.mouse.move(0, 0);
          const path = `${FOLDER}${name}-${size}-${colorScheme}.png`;
          await page.screenshot({ path, animations: 'disabled', caret: 'hide', fullPage: true });
        };
        await ada.signUp();
        await app.open('/account');
        await picture('account');
        for (const change of ['password', 'identifier', 'delete']) {
          await app.open(`/account/${change}`);
          await picture(`account-${change}`);
        }
        await app.open('/account/identifier');
        await app.changeUsername.username.fill(`grace-of-${ada.identifier}`);
        await app.changeUsername.change.click();
        await app.newAddress.isShown();
        await picture('new-address');
        // Whoever knows only the password sees it, and changes nothing.
        await device.deletePasskeys();
        await app.open('/dashboard');
        await ada.signOut();
        await ada.failTwice();
        await ada.enterPassword();
        await ada.skipOffer();
        await app.open('/account');
        await picture('account-limited');
        await app.open('/account/password');
        await picture('account-password-limited');
      });
    }
  });
}

test('the screens that need another browser', async ({ person, anotherDevice }) => {
  const ada = person.withoutAddress();
  await ada.signUp();
  const { app, device } = await anotherDevice();
  const there = ada.in(app);
  await there.failTwice();
  await there.enterPassword();
  await app.needsProof.isShown();
  await device.page.screenshot({ path: `${FOLDER}needs-proof-desktop-light.png`, animations: 'disabled' });
});
