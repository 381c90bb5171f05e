/** A passkey that failed twice is not asked for again by itself, until something works. */
import { expect, test } from '../../fixtures/index.ts';

test.beforeEach(async ({ device, person }) => {
  await person.signUp();
  await person.signOut();
  await device.switchCloudAccount();
  await person.failTwice();
});

test('the second visit starts with the password', async ({ app, device, person, expectAccessible }) => {
  await device.opensNoPromptDuring(async () => {
    await person.startSignIn();
    await app.enterPassword.isShown();
  });
  await expect(app.enterPassword.usePasskey).toBeEnabled();
  await expectAccessible();
});

test('the passkey stays one click away, as often as one likes, and the page stays as it is', async ({ app, device, person }) => {
  await person.startSignIn();
  await app.enterPassword.isShown();
  for (let times = 1; times <= 3; times += 1) {
    const before = device.prompts.length;
    const reported = app.page.waitForResponse('**/api/sign-in/report');
    await app.enterPassword.usePasskey.click();
    await (await reported).finished();
    await app.isAnswered();
    expect(device.prompts.slice(before)).toMatchObject([{ kind: 'get', outcome: 'NotAllowedError' }]);
    await app.enterPassword.isShown();
    await expect(app.enterPassword.usePasskey).toBeEnabled();
  }
  await person.enterPassword();
  await app.createPasskey.isShown();
});

test('a success wipes the strikes: the visit after it starts with the passkey again', async ({ app, device, person }) => {
  await device.switchBack();
  await person.startSignIn();
  await app.enterPassword.isShown();
  await app.enterPassword.usePasskey.click();
  await app.dashboard.isShown();
  await person.signOut();
  await person.signIn();
});

test('starting over does not wipe them', async ({ app, device, person }) => {
  await person.startSignIn();
  await app.enterPassword.isShown();
  await app.enterPassword.notYou.click();
  await app.identify.isShown();
  await device.opensNoPromptDuring(() => app.identify.submit(person.identifier));
  await app.enterPassword.isShown();
});
