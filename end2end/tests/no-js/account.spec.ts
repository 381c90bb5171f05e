/** Without JavaScript the account can be seen and changed, by plain forms and links. */
import { expect, test } from '../../fixtures/index.ts';

test('a password is changed, another browser signed out, and the account deleted', async ({ app, person, anotherDevice, expectAccessible }) => {
  await person.signUp({ passkey: false });
  const { app: there } = await anotherDevice({ javaScript: false });
  await person.in(there).startSignIn();
  await person.in(there).enterPassword();
  await person.in(there).skipOffer();

  await app.dashboard.account.click();
  await app.account.isShown();
  await expectAccessible();
  await expect(app.account.sessions).toHaveCount(2);
  await app.account.signOutElsewhere.click();
  await expect(app.main).toContainText('You are signed out everywhere else.');
  await expect(app.account.sessions).toHaveCount(1);
  await there.open('/dashboard');
  await there.identify.isShown();

  await app.account.changePassword.click();
  await app.changePassword.isShown();
  await expectAccessible();
  await app.changePassword.newPassword.fill('short');
  await app.changePassword.change.click();
  await expect(app.changePassword.alert).toBeVisible();
  await app.changePassword.newPassword.fill('an entirely different passphrase');
  await app.changePassword.change.click();
  await app.account.isShown();
  await expect(app.main).toContainText('Your password is changed.');

  await app.account.deleteAccount.click();
  await app.deleteAccount.isShown();
  await expectAccessible();
  await app.deleteAccount.confirmation.fill('somebody else');
  await app.deleteAccount.delete.click();
  await expect(app.deleteAccount.alert).toBeVisible();
  await expect(app.deleteAccount.confirmation).toHaveValue('somebody else');
  await app.deleteAccount.confirmation.fill(person.identifier);
  await app.deleteAccount.delete.click();
  await app.goodbye.isShown();
  await app.open('/account');
  await app.identify.isShown();
});
