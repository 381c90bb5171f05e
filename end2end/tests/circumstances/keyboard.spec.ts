/** Which keys a phone shows for a code. */
import { expect, test } from '../../fixtures/index.ts';

test('digits where a mailed code is the only one', async ({ app, device, person, mailbox }) => {
  await app.open('/sign-up');
  await app.signUp.submit(person.identifier, person.password);
  await app.confirmSignUp.isShown();
  await expect(app.confirmSignUp.code).toHaveAttribute('inputmode', 'numeric');
  await app.confirmSignUp.submit((await mailbox.next(person.identifier, 'Your code for a new account')).code);
  await person.createPasskey();
  await person.signOut();
  device.dismissNext(2);
  await person.failTwice();
  await app.enterPassword.emailCode.click();
  await app.enterCode.isShown();
  await expect(app.enterCode.code).toHaveAttribute('inputmode', 'numeric');
});

test('all keys where a code that was kept does as well', async ({ app, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  await app.enterPassword.forgot.click();
  await app.forgotPassword.isShown();
  await app.forgotPassword.submit(person.identifier);
  await app.newPassword.isShown();
  await expect(app.newPassword.code).not.toHaveAttribute('inputmode');
});
