/** A second way in beside the password: a code by mail, for whoever has neither passkey nor password at hand. */
import { expect, test } from '../../fixtures/index.ts';
import { another } from '../../fixtures/mailbox.ts';

test('the passkey is deleted, the password is not at hand, and a mailed code leads in', async ({ app, device, person, mailbox, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
  await person.failTwice();
  await app.enterPassword.emailCode.click();
  await app.enterCode.isShown();
  await expect(app.enterCode.code).toBeFocused();
  await expectAccessible();

  const { code } = await mailbox.next(person.identifier, 'Sign in to');
  for (const [typed, said] of [
    ['', 'Type the code.'],
    [another(code), 'This is not the code.'],
  ] as const) {
    await app.enterCode.submit(typed);
    await expect(app.enterCode.alert).toContainText(said);
    await expect(app.enterCode.code).toBeFocused();
    await expectAccessible();
  }
  // A passkey that gives nothing leaves the page as it is, and so does a reload.
  const before = device.prompts.length;
  await app.enterCode.usePasskey.click();
  await expect.poll(() => device.prompts.length).toBe(before + 1);
  await app.isAnswered();
  await app.enterCode.isShown();
  await app.reload();
  await app.enterCode.submit(code);

  // The mailbox is one proof; a new passkey takes the password besides.
  await app.needsProof.isShown();
  await expectAccessible();
  await app.needsProof.continue.click();
  await app.dashboard.isShown();
  await app.dashboard.addPasskey.click();
  await app.needsProof.password.fill(person.password);
  await app.needsProof.confirm.click();
  await person.createPasskey();
  await person.signOut();
  await person.signIn();
});

test('a new code makes the one before void, and the password is one click away', async ({ app, person, mailbox }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.emailCode.click();
  const before = await mailbox.next(person.identifier, 'Sign in to');
  await app.enterCode.sendAgain.click();
  await expect(app.main).toContainText('a new code is on its way');
  const fresh = await mailbox.next(person.identifier, 'Sign in to');
  expect(fresh.code, 'by a chance of one in a million').not.toBe(before.code);
  await app.enterCode.submit(before.code);
  await expect(app.enterCode.alert).toBeVisible();
  await app.enterCode.usePassword.click();
  await app.enterPassword.isShown();
  await app.enterPassword.emailCode.click();
  await app.enterCode.submit((await mailbox.next(person.identifier, 'Sign in to')).code);
  await app.dashboard.isShown();
});

test('an account without an address reads the same, and no mail leaves', async ({ app, person }) => {
  const username = `ada-${Date.now().toString(36)}`;
  await app.open('/sign-up');
  await app.signUp.submit(username, person.password);
  await person.skipOffer();
  await person.signOut();
  await app.identify.submit(username);
  await app.enterPassword.emailCode.click();
  await app.enterCode.isShown();
  await expect(app.main).toContainText('If there is an account with a confirmed email address, a code is on its way to it.');
  await app.enterCode.submit('123456');
  await expect(app.enterCode.alert).toContainText('This is not the code.');
});
