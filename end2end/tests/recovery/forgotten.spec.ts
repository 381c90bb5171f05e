/** A forgotten password is replaced by a code and a new one. */
import { expect, test } from '../../fixtures/index.ts';
import { another } from '../../fixtures/mailbox.ts';

const NEW = 'an entirely different passphrase';

test('a mailed code and a new password sign in, and the old password does not', async ({ app, person, mailbox, expectAccessible }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.forgot.click();
  await app.forgotPassword.isShown();
  await app.reacts();
  await expectAccessible();
  await app.forgotPassword.submit(person.identifier);
  await app.newPassword.isShown();
  await expectAccessible();
  await app.newPassword.submit((await mailbox.next(person.identifier, 'A new password')).code, NEW);
  await app.dashboard.isShown();

  await person.signOut();
  await person.startSignIn();
  await person.enterPassword();
  await expect(app.enterPassword.alert).toBeVisible();
  await person.enterPassword(NEW);
  await app.dashboard.isShown();
});

test('a recovery code does as well, for an account that has no address', async ({ app, person }) => {
  const username = `ada-${Date.now().toString(36)}`;
  await app.open('/sign-up');
  await app.signUp.submit(username, person.password);
  await person.createPasskey();
  const [code = ''] = await person.getCodes();
  await person.signOut();
  await app.page.goto('/forgot-password');
  await app.reacts();
  await app.forgotPassword.submit(username);
  await app.newPassword.submit(code, NEW);
  await expect(app.newPassword.heading).toHaveCount(0);
  await app.open('/dashboard');
  await app.dashboard.isShown();
  await expect(app.main).toContainText(`Signed in as ${username}`);
});

test('what is wrong is said beside its field, and the right code still works', async ({ app, person, mailbox, expectAccessible }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await app.page.goto('/forgot-password');
  await app.reacts();
  await app.forgotPassword.submit('');
  await expect(app.forgotPassword.alert).toBeVisible();
  await expectAccessible();
  await app.forgotPassword.submit(person.identifier);
  await app.newPassword.isShown();
  const { code } = await mailbox.next(person.identifier, 'A new password');
  await app.newPassword.submit('', 'short');
  await expect(app.newPassword.alert).toHaveCount(2);
  await expect(app.newPassword.code).toBeFocused();
  await expectAccessible();
  await app.newPassword.submit(another(code), NEW);
  await expect(app.newPassword.alert).toHaveText(['This is not the code. Check it, then try again.']);
  await app.newPassword.submit(code, NEW);
  await app.dashboard.isShown();
});

test('somebody who has no account here reads the same', async ({ app, person }) => {
  await app.page.goto('/forgot-password');
  await app.reacts();
  await app.forgotPassword.submit(person.identifier);
  await app.newPassword.isShown();
  await app.newPassword.submit('123456', NEW);
  await expect(app.newPassword.alert).toContainText('This is not the code.');
});
