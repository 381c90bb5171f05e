/** Without JavaScript codes are asked for, typed and kept, by plain forms. */
import { expect, test } from '../../fixtures/index.ts';
import { another } from '../../fixtures/mailbox.ts';

test('a recovery code beside the password confirms who it is', async ({ app, person, anotherDevice, expectAccessible }) => {
  const { app: withScripts } = await anotherDevice({ javaScript: true });
  await person.in(withScripts).signUp();
  const [code = ''] = await person.in(withScripts).getCodes();
  await person.startSignIn();
  await app.usePasskey.usePassword.click();
  await person.enterPassword();
  await app.confirm.isShown();
  await expectAccessible();
  await app.confirm.submit('certainly not a code');
  await app.confirm.isShown();
  await expect(app.confirm.alert).toBeVisible();
  await expectAccessible();
  await app.confirm.submit(code);
  await app.createPasskey.isShown();
  await app.createPasskey.notNow.click();
  await app.dashboard.isShown();
});

test('codes are kept, and a forgotten password replaced', async ({ app, page, person, mailbox, expectAccessible }) => {
  await person.signUp({ passkey: false });
  expect(await person.getCodes()).toHaveLength(10);
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.forgot.click();
  await app.forgotPassword.submit(person.identifier);
  await app.newPassword.isShown();
  await expectAccessible();
  const { code } = await mailbox.next(person.identifier, 'A new password');
  await app.newPassword.submit(another(code), 'an entirely different passphrase');
  await expect(app.newPassword.alert).toBeVisible();
  await app.newPassword.submit(code, 'an entirely different passphrase');
  await expect(app.newPassword.heading).toHaveCount(0);
  await page.goto('/dashboard');
  await app.dashboard.isShown();
});

test('the link of a mail shows the button, and the button takes the news back', async ({ app, person, mailbox, anotherDevice, expectAccessible }) => {
  const { app: withScripts } = await anotherDevice({ javaScript: true });
  await person.in(withScripts).signUp();
  await app.follow((await mailbox.next(person.identifier, 'A new passkey')).link);
  await app.notMe.isShown();
  await expectAccessible();
  await app.notMe.wasNotMe.click();
  await app.notMeDone.isShown();
  await expectAccessible();
  await withScripts.open('/dashboard');
  await withScripts.identify.isShown();
});

test('a code by mail signs in beside the password', async ({ app, page, person, mailbox, expectAccessible }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.emailCode.click();
  await app.enterCode.isShown();
  await expectAccessible();
  const { code } = await mailbox.next(person.identifier, 'Sign in to');
  await app.enterCode.submit(another(code));
  await expect(app.enterCode.alert).toBeVisible();
  await expectAccessible();
  await app.enterCode.submit(code);
  await app.dashboard.isShown();
  await page.reload();
  await app.dashboard.isShown();
});
