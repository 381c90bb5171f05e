/** A passkey is offered where one is missing: to whoever has none, and in a browser that came after all of them. */
import { expect, test } from '../../fixtures/index.ts';
import { NOT_FOUND_HERE, WORKS_HERE } from '../../screens/dashboard.ts';

test('whoever signs in with the password and has no passkey is offered the first one, and uses it next time', async ({ person, anotherDevice, expectAccessible }) => {
  await person.signUp({ passkey: false });
  // The first offer was put off, in that browser.
  const { app, device } = await anotherDevice();
  const there = person.in(app);
  await device.opensNoPromptDuring(async () => {
    await there.startSignIn();
    await app.enterPassword.isShown();
    await there.enterPassword();
    await app.createPasskey.isShown();
  });
  await expect(app.createPasskey.headingFirst).toBeVisible();
  await expectAccessible(app);
  await there.createPasskey();
  await there.signOut();
  await there.signIn();
});

test('a second browser is offered one of its own, beside the others, after the password alone', async ({ app, device, person, anotherDevice, ownServer }) => {
  const server = await ownServer({ env: { KEYMEND__HEALING__ASSURANCE: 'password' } });
  app.useServer(server);
  await person.signUp();
  const laptop = await anotherDevice({ platform: 'windows' });
  laptop.app.useServer(server);
  const there = person.in(laptop.app);
  await laptop.device.opensNoPromptDuring(async () => {
    await there.startSignIn();
    await laptop.app.enterPassword.isShown();
    await there.enterPassword();
    await laptop.app.createPasskey.isShown();
  });
  await expect(laptop.app.main).not.toContainText(/\b(mov|replac|repair|delet)(e|ed|ing)\b/i);
  await laptop.app.createPasskey.create.click();
  await laptop.app.passkeyCreated.isShown();
  expect(laptop.device.prompts).toMatchObject([{ kind: 'create', listed: device.passkeys(), hints: ['client-device'], attachment: 'platform', outcome: 'ok' }]);
  await laptop.app.passkeyCreated.continue.click();
  await laptop.app.dashboard.hasPasskeys(2);
  await there.signOut();
  await there.signIn();
  // The one on the Mac is as good as before.
  await person.signOut();
  await person.signIn();
});

test('a heal, and then the old passkey works again: the suspicion is gone', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  await device.switchCloudAccount();
  await person.failTwice();
  await person.enterPassword();
  await person.createPasskey();
  await expect(app.dashboard.row(NOT_FOUND_HERE)).toHaveCount(1);
  await person.signOut();

  await device.switchBack();
  await person.signIn();
  await expect(app.dashboard.row(NOT_FOUND_HERE)).toHaveCount(0);
  await expect(app.dashboard.row(WORKS_HERE)).toHaveCount(2);
  await person.signOut();
  await person.signIn();
});
