/** Reload, back and forward on the pages of an account: the same page again, and never a prompt that opens by itself. */
import { expect, test } from '../../fixtures/index.ts';
import { stays } from '../../fixtures/stays.ts';

test('the questions about a passkey', async ({ app, device, person }) => {
  await app.page.goto('about:blank');
  await person.signUp();
  const { dashboard } = app;
  await dashboard.renameIn(dashboard.rows.first()).click();
  await expect(dashboard.save).toBeVisible();
  await stays({ app, device }, () => expect(dashboard.save).toBeVisible());
  await dashboard.passkeys.getByRole('textbox').fill('The blue one');
  await dashboard.save.click();
  await expect(dashboard.row('The blue one')).toHaveCount(1);

  await dashboard.removeIn(dashboard.rows.first()).click();
  await expect(dashboard.confirmRemoval).toBeVisible();
  await stays({ app, device }, () => expect(dashboard.confirmRemoval).toBeVisible());
  await dashboard.confirmRemoval.click();
  await dashboard.hasPasskeys(0);
});

test('the account, and what can be changed there', async ({ app, device, person }) => {
  const { account, changePassword, changeUsername, newAddress } = app;
  await person.signUp();
  await app.dashboard.account.click();
  await account.isShown();
  await stays({ app, device }, () => account.isShown());

  await account.changePassword.click();
  await changePassword.isShown();
  await stays({ app, device }, () => expect(changePassword.change).toBeVisible());
  await changePassword.newPassword.fill('an entirely different passphrase');
  await changePassword.change.click();
  await expect(app.main).toContainText('Your password is changed.');

  await account.changeUsername.click();
  await changeUsername.isShown();
  await stays({ app, device }, () => expect(changeUsername.change).toBeVisible());
  const address = `new.${person.identifier}`;
  await changeUsername.username.fill(address);
  await changeUsername.change.click();
  await newAddress.isShown();
  await stays({ app, device }, () => newAddress.isShown());
  // The first mail: another one would have made its code void.
  await newAddress.submit((await app.mailbox.next(address, 'Confirm your new email address')).code);
  await expect(app.main).toContainText('From now on you sign in with the new one.');
});

test('the account and its pages, where a passkey has to be used first', async ({ app, device, person }) => {
  const { account, changePassword } = app;
  const ada = person.withoutAddress();
  await ada.signUp();
  await app.dashboard.forgetBrowser.click();
  await expect(app.main).toContainText('This browser is forgotten.');
  await ada.signOut();
  device.holdNextPrompt();
  await ada.startSignInWithPassword();
  await ada.enterPassword();
  await app.needsProof.continue.click();
  await app.dashboard.account.click();
  await account.isShown();
  await stays({ app, device }, () => expect(account.usePasskey).toBeVisible());
  await account.changePassword.click();
  await changePassword.isShown();
  await stays({ app, device }, () => expect(changePassword.usePasskey).toBeVisible());
  await changePassword.usePasskey.click();
  await expect(changePassword.change).toBeVisible();
});

test('delete-account, and the goodbye', async ({ app, device, person, page }) => {
  await person.signUp();
  // Another step of ours would end what is said of the account.
  await page.goto('about:blank');
  await page.goto('/account/delete');
  await app.deleteAccount.isShown();
  await stays({ app, device }, () => expect(app.deleteAccount.delete).toBeVisible());
  await app.deleteAccount.confirmation.fill(person.identifier);
  await app.deleteAccount.delete.click();
  await app.goodbye.isShown();
  await stays({ app, device }, () => app.goodbye.isShown());
});

test('get-codes, and the recovery codes until they are kept', async ({ app, device, person }) => {
  const { getCodes, recoveryCodes } = app;
  await person.signUp();
  await app.dashboard.recoveryCodes.click();
  await getCodes.isShown();
  await stays({ app, device }, () => expect(getCodes.get).toBeVisible());
  await getCodes.get.click();
  await recoveryCodes.isShown();
  const codes = await recoveryCodes.codes.allInnerTexts();
  expect(codes).toHaveLength(10);
  await stays({ app, device }, () => expect(recoveryCodes.codes).toHaveText(codes));
  await recoveryCodes.continue.click();
  await app.dashboard.isShown();
});

test('not-me, and what it has done', async ({ app, device, person, mailbox, page }) => {
  await person.signUp();
  // Another step of ours would end what is said of the account.
  await page.goto('about:blank');
  await app.follow((await mailbox.next(person.identifier, 'A new passkey')).link);
  await app.notMe.isShown();
  await stays({ app, device }, () => app.notMe.isShown());
  await app.notMe.wasNotMe.click();
  await app.notMeDone.isShown();
  await stays({ app, device }, () => app.notMeDone.isShown());
  await app.notMeDone.newPassword.click();
  await app.forgotPassword.isShown();
});
