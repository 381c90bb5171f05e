/** Without JavaScript everything of the password works, by plain forms. */
import { expect, test } from '../../fixtures/index.ts';

test('an account is created and leads to the dashboard', async ({ app, person, expectAccessible }) => {
  await app.open('/sign-up');
  await app.signUp.isShown();
  await expectAccessible();
  await app.signUp.submit(person.identifier, person.password);
  await person.skipOffer();
  await expect(app.main).toContainText(person.identifier);
  await app.dashboard.hasPasskeys(0);
  await expectAccessible();
});

test('signing out and in again takes identifier and password', async ({ app, person, expectAccessible }) => {
  await app.open('/sign-up');
  await app.signUp.submit(person.identifier, person.password);
  await person.skipOffer();
  await person.signOut();
  await expectAccessible();
  await app.identify.submit(person.identifier);
  await app.enterPassword.isShown();
  await expect(app.main).toContainText(person.identifier);
  await expectAccessible();
  await person.enterPassword();
  await person.skipOffer();
  await app.open('/dashboard');
  await app.dashboard.isShown();
});

test('a wrong password is said beside the field, and the right one still works', async ({ app, person, expectAccessible }) => {
  await app.open('/sign-up');
  await app.signUp.submit(person.identifier, person.password);
  await person.skipOffer();
  await person.signOut();
  await app.identify.submit(person.identifier);
  await app.enterPassword.submit('certainly not the password');
  await app.enterPassword.isShown();
  await expect(app.enterPassword.alert).toBeVisible();
  await expect(app.enterPassword.password).toHaveValue('');
  await expect(app.main).toContainText(person.identifier);
  await expectAccessible();
  await person.enterPassword();
  await person.skipOffer();
});

test('an empty identifier is said beside the field', async ({ app, expectAccessible }) => {
  await app.open('/sign-in');
  await app.identify.submit('');
  await app.identify.isShown();
  await expect(app.identify.alert).toBeVisible();
  await expectAccessible();
});

test('a short password keeps the identifier', async ({ app, person }) => {
  await app.open('/sign-up');
  await app.signUp.submit(person.identifier, 'short');
  await app.signUp.isShown();
  await expect(app.signUp.alert).toBeVisible();
  await expect(app.signUp.identifier).toHaveValue(person.identifier);
  await expect(app.signUp.password).toHaveValue('');
});

test('somebody with a passkey reaches the password', async ({ app, person, anotherDevice, expectAccessible }) => {
  const { app: withScripts } = await anotherDevice({ javaScript: true });
  await person.in(withScripts).signUp();
  await app.open('/sign-in');
  await app.identify.submit(person.identifier);
  await expect(app.main).toHaveAttribute('data-step', /use-passkey|enter-password/);
  await expectAccessible();
  if ((await app.step()) === 'use-passkey') await app.usePasskey.usePassword.click();
  await app.enterPassword.isShown();
  await person.enterPassword();
  await person.skipOffer();
});

test('not you? starts over', async ({ app, person }) => {
  await app.open('/sign-in');
  await app.identify.submit(person.identifier);
  await expect(app.main).toHaveAttribute('data-step', /use-passkey|enter-password/);
  await app.enterPassword.notYou.click();
  await app.identify.isShown();
});

test('the dashboard is not for strangers', async ({ app }) => {
  await app.open('/dashboard');
  await app.identify.isShown();
});

test('forget this browser works by a form', async ({ app, person }) => {
  await app.open('/sign-up');
  await app.signUp.submit(person.identifier, person.password);
  await person.skipOffer();
  await app.dashboard.forgetBrowser.click();
  await expect(app.dashboard.alert).toHaveCount(0);
  await expect(app.main).toHaveAttribute('data-step', /dashboard|identify/);
});
