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
});

test('it is said as good news, and nothing is marked as broken', async ({ app, device, expectAccessible }) => {
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'create', outcome: 'InvalidStateError' });
  await expect(app.alreadyHere.alert).toHaveCount(0);
  await expectAccessible();
  await app.alreadyHere.continue.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);
  await expect(app.dashboard.row(NOT_FOUND_HERE)).toHaveCount(0);
});

test('the passkey can be used right there', async ({ app, device }) => {
  await app.alreadyHere.useNow.click();
  await app.dashboard.isShown();
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', outcome: 'ok' });
});

test('using it may fail, and loses nothing', async ({ app, device }) => {
  device.dismissNext();
  await app.alreadyHere.useNow.click();
  await expect.poll(() => device.prompts.at(-1)?.outcome).toBe('NotAllowedError');
  await app.alreadyHere.isShown();
  await app.alreadyHere.continue.click();
  await app.dashboard.isShown();
});

test('the next visit starts with the passkey again, and the offer does not come back', async ({ app, device, person }) => {
  await app.alreadyHere.continue.click();
  await app.dashboard.isShown();
  await person.signOut();
  await person.signIn();
  await person.signOut();
  device.dismissNext(2);
  await person.failTwice();
  await person.enterPassword();
  await app.dashboard.isShown();
});
