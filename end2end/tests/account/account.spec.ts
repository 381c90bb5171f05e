/** The person's own account, as they see and change it. */
import { expect, test } from '../../fixtures/index.ts';

test('from the dashboard to the account: sessions, known browsers, activity', async ({ app, person, expectAccessible }) => {
  await person.signUp();
  await app.dashboard.account.click();
  await app.account.isShown();
  await app.reacts();
  await expect(app.account.sessions).toHaveCount(1);
  await expect(app.account.sessions).toContainText('Chrome on a Mac');
  await expect(app.account.sessions).toContainText('You are here');
  await expect(app.account.browsers).toContainText('Passkey used just now');
  // Perhaps in one moment, so in any order.
  await expect(app.account.activity).toHaveCount(3);
  for (const event of ['Passkey added', 'Account created', 'Email address confirmed']) {
    await expect(app.account.activity.filter({ hasText: event })).toHaveCount(1);
  }
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Account" [level=1]
    - heading "How you sign in" [level=2]
    - list "How you sign in":
      - listitem:
        - link "Change email or username"
      - listitem:
        - link "Change password"
    - heading "Where you are signed in" [level=2]
    - list "Where you are signed in"
    - heading "Known browsers" [level=2]
    - list "Known browsers"
    - heading "Recent activity" [level=2]
    - list "Recent activity"
    - heading "Your data" [level=2]
    - link "Download your data"
    - link "Delete account"
    - link "Back to the dashboard"
  `);
  await expectAccessible();
  await app.account.back.click();
  await app.dashboard.isShown();
});

test('another browser is signed out from here, with its next step', async ({ app, person, anotherDevice }) => {
  await person.signUp({ passkey: false });
  const { app: there } = await anotherDevice({ platform: 'windows' });
  await person.in(there).startSignIn();
  await person.in(there).enterPassword();
  await person.in(there).skipOffer();

  await app.open('/account');
  const other = app.account.sessions.filter({ hasText: 'Windows' });
  await app.account.endIn(other).click();
  await expect(app.status).toHaveText('That browser is signed out.');
  await expect(app.account.sessions).toHaveCount(1);
  await there.open('/dashboard');
  await there.identify.isShown();
});

test('a new password: other browsers are signed out, and no browser is known', async ({ app, person, anotherDevice, expectAccessible }) => {
  await person.signUp({ passkey: false });
  const { app: there } = await anotherDevice();
  await person.in(there).startSignIn();
  await person.in(there).enterPassword();
  await person.in(there).skipOffer();

  await app.open('/account');
  await app.account.changePassword.click();
  await app.changePassword.isShown();
  await app.reacts();
  await expectAccessible();
  await app.changePassword.newPassword.fill('short');
  await app.changePassword.change.click();
  await expect(app.changePassword.alert).toContainText('This is too short.');
  await expect(app.changePassword.newPassword).toBeFocused();
  await expectAccessible();
  await app.changePassword.newPassword.fill('an entirely different passphrase');
  await app.changePassword.change.click();
  await app.account.isShown();
  await expect(app.main).toContainText('Your password is changed.');
  await expect(app.account.sessions).toHaveCount(1);
  await expectAccessible();
  await there.open('/dashboard');
  await there.identify.isShown();

  await app.open('/dashboard');
  await person.signOut();
  await person.startSignIn();
  await person.enterPassword();
  await expect(app.enterPassword.alert).toBeVisible();
  await person.enterPassword('an entirely different passphrase');
  await app.dashboard.isShown();
});

test('after a new password the passkeys made before are shown to be looked at', async ({ app, person }) => {
  await person.signUp();
  await app.open('/account');
  await app.account.changePassword.click();
  await app.changePassword.newPassword.fill('an entirely different passphrase');
  await app.changePassword.change.click();
  await expect(app.account.madeWithTheOldPassword).toHaveCount(1);
  await app.account.madeWithTheOldPassword.getByRole('link').click();
  await expect(app.dashboard.confirmRemoval).toBeVisible();
});

test('another username signs in, and its passkey still works', async ({ app, device, person }) => {
  await person.signUp();
  const username = `ada-${Date.now().toString(36)}`;
  await app.open('/account');
  await app.account.changeUsername.click();
  await app.changeUsername.username.fill('a da');
  await app.changeUsername.change.click();
  await expect(app.changeUsername.alert).toBeVisible();
  await expect(app.changeUsername.username).toHaveValue('a da');
  await app.changeUsername.username.fill(username);
  await app.changeUsername.change.click();
  await app.account.isShown();
  await expect(app.main).toContainText(`Signed in as ${username}`);
  await app.open('/dashboard');
  await person.signOut();
  await app.identify.asksWho();
  await app.identify.submit(username);
  await app.dashboard.isShown();
  expect(device.passkeys()).toHaveLength(1);
});

test('an address becomes the name when its code has come back', async ({ app, person, expectAccessible }) => {
  await person.signUp();
  const address = `grace-${Date.now().toString(36)}@example.org`;
  await app.open('/account');
  await app.account.changeUsername.click();
  await app.changeUsername.username.fill(address);
  await app.changeUsername.change.click();
  await app.newAddress.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "Confirm the new address" [level=1]
    - textbox "Code"
    - button "Confirm"
    - link "Use another address"
    - link "Back to your account"
    - button "Send a new code"
  `);
  await expectAccessible();
  const { code } = await app.mailbox.next(address, 'Confirm your new email address');
  await app.newAddress.submit(code === '000000' ? '000001' : '000000');
  await expect(app.newAddress.alert).toBeVisible();
  await expectAccessible();
  // Until then everything is as it was.
  await app.open('/dashboard');
  await expect(app.main).toContainText(person.identifier);
  await app.open('/account/new-address');
  await app.newAddress.submit(code);
  await app.account.isShown();
  await expect(app.main).toContainText('From now on you sign in with the new one.');
  await app.open('/dashboard');
  await person.signOut();
  await app.identify.asksWho();
  await app.identify.submit(address);
  await app.dashboard.isShown();
});

test('a session of the password alone changes nothing until a passkey answers, right there', async ({ app, device, person, anotherDevice, expectAccessible }) => {
  const ada = person.withoutAddress();
  await ada.signUp();
  const { app: there, device: other } = await anotherDevice();
  await ada.in(there).startSignInWithPassword();
  await ada.in(there).enterPassword();
  await there.needsProof.isShown();
  await there.needsProof.continue.click();
  await there.dashboard.account.click();
  await there.account.isShown();
  await expect(there.main).toContainText('To change anything here, use a passkey first.');
  await expectAccessible(there);
  await there.account.changePassword.click();
  await there.changePassword.isShown();
  await there.reacts();
  await expect(there.changePassword.change).toHaveCount(0);
  await expectAccessible(there);

  await device.copyPasskeysTo(other);
  await there.changePassword.usePasskey.click();
  await expect(there.changePassword.change).toBeVisible();
  await expect(there.changePassword.currentPassword).toHaveCount(0);
  await there.changePassword.newPassword.fill('an entirely different passphrase');
  await there.changePassword.change.click();
  await there.account.isShown();
  await app.open('/dashboard');
  await app.identify.isShown();
});

test('everything that is kept can be taken along', async ({ app, person, page }) => {
  await person.signUp();
  await app.open('/account');
  const [download] = await Promise.all([page.waitForEvent('download'), app.account.download.click()]);
  expect(download.suggestedFilename()).toBe('account.json');
  const file = JSON.parse(await (await import('node:fs/promises')).readFile(await download.path(), 'utf8'));
  expect(file.account.identifier).toBe(person.identifier);
  expect(file.passkeys).toHaveLength(1);
});

test('an account is deleted with its name typed, and is as if it had never been', async ({ app, device, person, expectAccessible }) => {
  await person.signUp();
  await app.open('/account');
  await app.account.deleteAccount.click();
  await app.deleteAccount.isShown();
  await app.reacts();
  await expectAccessible();
  await app.deleteAccount.confirmation.fill('somebody else');
  await app.deleteAccount.delete.click();
  await expect(app.deleteAccount.alert).toBeVisible();
  await app.deleteAccount.confirmation.fill(person.identifier);
  await app.deleteAccount.delete.click();
  await app.goodbye.isShown();
  await expectAccessible();

  await app.open('/dashboard');
  await app.identify.isShown();
  device.neverSettles({ abortable: true });
  await app.identify.submit(person.identifier);
  await expect(app.identify.main).toHaveAttribute('data-step', /^(use-passkey|enter-password)$/);
});
