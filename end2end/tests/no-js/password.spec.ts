/** Without JavaScript everything of the password works, by plain forms. */
import { expect, test } from '../../fixtures/index.ts';
import { another } from '../../fixtures/mailbox.ts';

test('an account is created, signed out of and signed in to', async ({ app, person, mailbox, expectAccessible }) => {
  await app.open('/sign-up');
  await app.signUp.isShown();
  await expectAccessible();
  await app.signUp.submit(person.identifier, person.password);
  await app.confirmSignUp.isShown();
  await expectAccessible();
  const { code } = await mailbox.next(person.identifier, 'Your code for a new account');
  await app.confirmSignUp.submit(another(code));
  await expect(app.confirmSignUp.alert).toBeVisible();
  await expect(app.confirmSignUp.code).toBeFocused();
  await expectAccessible();
  await app.confirmSignUp.submit(code);
  await app.createPasskey.isShown();
  await expect(app.page.getByText('Passkeys need JavaScript', { exact: false })).toBeVisible();
  await expect(app.createPasskey.create).toBeHidden();
  await expectAccessible();
  await person.skipOffer();
  await expect(app.main).toContainText(person.identifier);
  await app.dashboard.hasPasskeys(0);
  await expectAccessible();

  await person.signOut();
  await expectAccessible();
  await app.identify.submit(person.identifier);
  await app.enterPassword.isShown();
  await expect(app.main).toContainText(person.identifier);
  await expectAccessible();
  await person.enterPassword();
  await app.dashboard.isShown();
  await app.open('/dashboard');
  await app.dashboard.isShown();
});

test('a wrong password is said beside the field, and the right one still works', async ({ app, person, expectAccessible }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await app.identify.submit(person.identifier);
  await app.enterPassword.submit('certainly not the password');
  await app.enterPassword.isShown();
  await expect(app.enterPassword.alert).toBeVisible();
  await expect(app.enterPassword.password).toHaveValue('');
  await expect(app.main).toContainText(person.identifier);
  await expectAccessible();
  await person.enterPassword();
  await app.dashboard.isShown();
});

test('an empty identifier is said beside the field', async ({ app, expectAccessible }) => {
  await app.open('/sign-in');
  await app.identify.submit('');
  await app.identify.isShown();
  await expect(app.identify.alert).toBeVisible();
  await expectAccessible();
});

test('a short password is said beside the field, and the identifier stays', async ({ app, person, expectAccessible }) => {
  await app.open('/sign-up');
  await app.signUp.submit(person.identifier, 'short');
  await app.signUp.isShown();
  await expect(app.signUp.alert).toBeVisible();
  await expect(app.signUp.password).toBeFocused();
  await expect(app.signUp.identifier).toHaveValue(person.identifier);
  await expect(app.signUp.password).toHaveValue('');
  await expectAccessible();
  await app.signUp.submit(person.identifier, person.password);
  await app.confirmSignUp.isShown();
});

test('somebody with a passkey reaches the password, and the dashboard without a new passkey', async ({ app, person, anotherDevice, expectAccessible }) => {
  const ada = person.withoutAddress();
  const { app: withScripts } = await anotherDevice({ javaScript: true });
  await ada.in(withScripts).signUp();
  await ada.startSignIn();
  await app.usePasskey.isShown();
  await expect(app.usePasskey.start).toBeHidden();
  await expectAccessible();
  await app.usePasskey.usePassword.click();
  await app.enterPassword.isShown();
  await ada.enterPassword();
  await app.needsProof.isShown();
  await expectAccessible();
  await app.needsProof.continue.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);
});

test('not you? starts over', async ({ app, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  await app.enterPassword.notYou.click();
  await app.identify.isShown();
  await expect(app.identify.identifier).toHaveValue('');
});

test('the dashboard is not for strangers', async ({ app }) => {
  await app.open('/dashboard');
  await app.identify.isShown();
});

test('forget this browser works by a form', async ({ app, person }) => {
  await person.signUp({ passkey: false });
  await app.dashboard.forgetBrowser.click();
  await app.dashboard.isShown();
  await expect(app.main).toContainText('This browser is forgotten.');
});
