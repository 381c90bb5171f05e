/** The browser’s promise never settles: nobody is stuck. */
import { expect, test } from '../../fixtures/index.ts';

const SHORT_WATCHDOG = { KEYMEND__SIGN_IN__WATCHDOG_SECONDS: '2' };

for (const abortable of [false, true]) {
  const browser = abortable ? 'obeys an abort' : 'ignores even an abort';

  test(`the password is alive from the first moment, in a browser that ${browser}`, async ({ app, device, person }) => {
    await person.signUp();
    await person.signOut();
    device.neverSettles({ abortable });
    await person.startSignIn();
    await app.usePasskey.isShown();
    await expect.poll(() => device.prompts.at(-1)).toMatchObject({ kind: 'get', outcome: 'open' });
    await app.usePasskey.usePassword.click();
    await app.enterPassword.isShown();
    await person.enterPassword();
    await app.dashboard.isShown();
  });

  test(`the watchdog gives up on it, twice, in a browser that ${browser}`, async ({ app, device, person, ownServer }) => {
    app.useServer(await ownServer({ env: SHORT_WATCHDOG }));
    await person.signUp();
    await person.signOut();
    device.neverSettles({ abortable });
    await person.startSignIn();
    await app.usePasskey.isShown();
    await expect(app.usePasskey.tryAgain).toBeVisible();
    await app.usePasskey.tryAgain.click();
    await app.enterPassword.isShown();
    await person.enterPassword();
    await app.createPasskey.isShown();
  });
}

test('an answer that comes after the watchdog changes nothing', async ({ app, device, person, ownServer }) => {
  app.useServer(await ownServer({ env: SHORT_WATCHDOG }));
  await person.signUp();
  await person.signOut();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await expect(app.usePasskey.tryAgain).toBeVisible();
  await device.opensNoPromptDuring(async () => prompt.approve());
  await app.usePasskey.isShown();
  await app.usePasskey.tryAgain.click();
  await app.dashboard.isShown();
});

test('a creation that never settles is given up as well, and the offer stays', async ({ app, device, person, ownServer }) => {
  app.useServer(await ownServer({ env: SHORT_WATCHDOG }));
  await person.createAccount();
  device.neverSettles();
  await app.createPasskey.create.click();
  await expect.poll(() => device.prompts.at(-1)).toMatchObject({ kind: 'create', outcome: 'open' });
  await expect(app.createPasskey.notNow).toBeEnabled();
  await expect(app.main).toContainText('No passkey was made, and nothing has changed.');
  device.settlesAgain();
  await person.createPasskey();
  await app.dashboard.hasPasskeys(1);
});
