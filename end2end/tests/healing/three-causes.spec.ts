/** The story Keymend exists for, from the identifier to the confirmed heal: every cause on every platform. */
import { expect, test } from '../../fixtures/index.ts';
import { NOT_FOUND_HERE, WORKS_HERE } from '../../screens/dashboard.ts';
import { CAUSES } from '../../support/causes.ts';

for (const cause of CAUSES) {
  test(`healed: ${cause.name}`, async ({ app, device, person, platform, expectAccessible }) => {
    const first = cause.keptBy(device);
    const second = cause.thenKeptBy(device);
    await device.savesPasskeysIn(first.name);
    await person.signUp();
    await person.signOut();
    const [broken] = device.passkeys();

    await cause.strikes(device);
    const before = device.prompts.length;
    const asked = () => device.prompts.slice(before);

    await test.step('the prompt opens by itself and does not go through', async () => {
      await person.startSignIn();
      await app.usePasskey.isShown();
      await expect(app.usePasskey.tryAgain).toBeVisible();
      await expect(app.usePasskey.usePassword).toBeEnabled();
      await expect(app.main).toContainText(person.identifier);
      await expect(app.usePasskey.alert).toHaveCount(0);
      expect(asked()).toMatchObject([{ kind: 'get', listed: [broken], outcome: 'NotAllowedError', userVerification: 'required' }]);
    });

    await test.step('after the second failure the password is asked for', async () => {
      await app.usePasskey.tryAgain.click();
      await app.enterPassword.isShown();
      await expect(app.main).toContainText(person.identifier);
      expect(asked()).toHaveLength(2);
      await person.enterPassword();
    });

    await test.step('a new passkey is offered and created', async () => {
      await app.createPasskey.isShown();
      await expect(app.createPasskey.headingAfterError).toBeVisible();
      await expect(app.main).toContainText('This can happen when');
      await expectAccessible();
      expect(asked()).toHaveLength(2);
      await app.createPasskey.create.click();
      await app.passkeyCreated.isShown();
      await expect(app.main).toContainText(second.reads);
      expect(asked().at(-1)).toMatchObject({ kind: 'create', listed: [broken], residentKey: 'required', userVerification: 'required', outcome: 'ok' });
      await app.passkeyCreated.continue.click();
    });

    await test.step('the dashboard keeps the old passkey beside the new one', async () => {
      await app.dashboard.isShown();
      await app.dashboard.hasPasskeys(2);
      await expect(app.dashboard.row(WORKS_HERE).filter({ hasText: second.reads })).toHaveCount(1);
      // About the passkeys of another provider a creation teaches nothing.
      const missing = app.dashboard.row(NOT_FOUND_HERE);
      await expect(missing).toHaveCount(first === second ? 1 : 0);
      if (cause.placeToLook) {
        const { [platform]: here, ...elsewhere } = cause.placeToLook;
        await app.dashboard.whyIn(missing).click();
        await expect(missing.getByText(here)).toBeVisible();
        for (const place of Object.values<string>(elsewhere)) await expect(missing).not.toContainText(place);
      }
      await expect(app.dashboard.healConfirmed).toHaveCount(0);
    });

    await test.step('the next sign-in uses the new passkey at once, and the heal is confirmed', async () => {
      await person.signOut();
      await person.signIn();
      expect(asked()).toHaveLength(4);
      expect(asked().at(-1)).toMatchObject({ kind: 'get', outcome: 'ok' });
      await expect(app.dashboard.healConfirmed).toHaveText('Your new passkey works here.');
    });
  });
}
