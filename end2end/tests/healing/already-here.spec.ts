/** The passkey was here all along: creation answers `InvalidStateError`. Good news, nothing is broken. */
import { expect, test } from '../../fixtures/index.ts';
import { NOT_FOUND_HERE } from '../../screens/dashboard.ts';

test.beforeEach(async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  device.dismissNext(2);
  await person.failTwice();
  await person.enterPassword();
  await app.createPasskey.isShown();
  await app.createPasskey.create.click();
  await app.alreadyHere.isShown();
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'create', outcome: 'InvalidStateError' });
});

test('nothing is marked as broken, the next visit starts with it, and the offer does not come back', async ({ app, device, person, expectAccessible }) => {
  await expect(app.alreadyHere.alert).toHaveCount(0);
  await expectAccessible();
  await app.alreadyHere.continue.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);
  await expect(app.dashboard.row(NOT_FOUND_HERE)).toHaveCount(0);

  await person.signOut();
  device.dismissNext(2);
  await person.failTwice();
  await person.enterPassword();
  await app.dashboard.isShown();
});

test('it signs in at the next visit; when it fails again after that, that is news, and a new one is offered', async ({ app, device, person }) => {
  await app.alreadyHere.continue.click();
  await app.dashboard.isShown();
  await person.signOut();
  await person.signIn();
  await person.signOut();
  await device.deletePasskeys();
  await person.failTwice();
  await person.enterPassword();
  await person.createPasskey();
});

test('it can be used right there; that may fail, and loses nothing', async ({ app, device, expectAccessible }) => {
  device.dismissNext();
  await app.alreadyHere.useNow.click();
  await expect.poll(() => device.prompts.at(-1)).toMatchObject({ kind: 'get', outcome: 'NotAllowedError' });
  await expect(app.main).toContainText('It is still here, and you are signed in.');
  await app.alreadyHere.isShown();
  await expectAccessible();
  await app.alreadyHere.useNow.click();
  await app.dashboard.isShown();
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', outcome: 'ok' });
});
