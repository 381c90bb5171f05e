/** *This was not me*: by the link of a mail, which does nothing by itself, or from the dashboard of a session with a passkey. */
import { expect, test } from '../../fixtures/index.ts';

test('opening the link changes nothing; the button ends the passkey, the sessions and the password', async ({
  app,
  device,
  person,
  mailbox,
  anotherDevice,
  expectAccessible,
}) => {
  await person.signUp();
  const { link } = await mailbox.next(person.identifier, 'A new passkey');
  const { app: there } = await anotherDevice();
  await there.follow(link);
  await there.notMe.isShown();
  await expectAccessible(there);
  await app.open('/dashboard');
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);

  await there.notMe.wasNotMe.click();
  await there.notMeDone.isShown();
  await expectAccessible(there);
  await app.open('/dashboard');
  await app.identify.isShown();
  // The device has the passkey still, and it opens nothing.
  expect(device.passkeys()).toHaveLength(1);
  await person.startSignIn();
  await app.enterPassword.isShown();
  await person.enterPassword();
  await expect(app.enterPassword.alert).toBeVisible();

  await there.follow(link);
  await there.notMeVoid.isShown();
  await expectAccessible(there);
});

test('it was me: nothing is taken back', async ({ app, person, mailbox }) => {
  await person.signUp();
  await app.follow((await mailbox.next(person.identifier, 'A new passkey')).link);
  await app.notMe.wasMe.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);
});

test('the dashboard tells of what was done elsewhere, with the way to take it back', async ({ app, person, anotherDevice, expectAccessible }) => {
  await person.signUp();
  const [code = ''] = await person.getCodes();
  const { app: there } = await anotherDevice({ platform: 'windows' });
  await person.in(there).startSignIn();
  await person.in(there).enterPassword();
  await there.confirm.submit(code);
  await person.in(there).createPasskey();

  await app.open('/dashboard');
  await app.dashboard.hasPasskeys(2);
  await expectAccessible();
  await app.dashboard.notMe.click();
  await app.notMe.isShown();
  await app.reacts();
  await app.notMe.wasNotMe.click();
  await app.notMeDone.isShown();
  await there.open('/dashboard');
  await there.identify.isShown();
});
