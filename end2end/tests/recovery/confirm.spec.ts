/** In a browser that was never here, a code beside the password opens the way to a new passkey. */
import { expect, test } from '../../fixtures/index.ts';
import { another } from '../../fixtures/mailbox.ts';

test('the password and a recovery code: a new passkey is made, and the dashboard shows it', async ({ app, person, anotherDevice, expectAccessible }) => {
  const username = person.withoutAddress();
  await username.signUp();
  const [code = ''] = await username.getCodes();
  const { app: there, device } = await anotherDevice({ platform: 'windows' });
  const ada = username.in(there);
  await ada.startSignIn();
  await ada.enterPassword();
  await there.confirm.isShown();
  await expect(there.confirm.sendAgain).toHaveCount(0);
  await expectAccessible(there);
  // As it is read from paper.
  await there.confirm.submit(code.toLowerCase().replaceAll('-', ' '));
  await ada.createPasskey();
  await there.dashboard.hasPasskeys(2);
  await expect(there.dashboard.row(device.platform.own)).toHaveCount(1);
  expect(device.passkeys()).toHaveLength(1);

  await ada.signOut();
  await ada.signIn();
  await app.open('/dashboard');
  await app.dashboard.hasPasskeys(2);
  await expect(app.dashboard.notMe).toBeVisible();
});

test('a recovery code counts once', async ({ person, anotherDevice }) => {
  await person.signUp();
  const [code = '', second = ''] = await person.getCodes();
  const { app: there } = await anotherDevice({ platform: 'windows' });
  const ada = person.in(there);
  await ada.startSignIn();
  await ada.enterPassword();
  await there.confirm.submit(code);
  await ada.skipOffer();
  await ada.signOut();
  await ada.startSignIn();
  await ada.enterPassword();
  await there.dashboard.isShown();
  await there.dashboard.addPasskey.click();
  await there.confirm.submit(code);
  await expect(there.confirm.alert).toBeVisible();
  await there.confirm.submit(second);
  await there.createPasskey.isShown();
});

test('the password and a code that is mailed to the address', async ({ person, mailbox, anotherDevice, expectAccessible }) => {
  await person.signUp();
  const { app: there } = await anotherDevice({ platform: 'windows' });
  const ada = person.in(there);
  await ada.startSignIn();
  await ada.enterPassword();
  await there.confirm.isShown();
  await expect(there.main).toContainText(`A code is on its way to ${person.identifier}.`);
  await expectAccessible(there);
  await there.confirm.submit((await mailbox.next(person.identifier, 'Your code for Keymend')).code);
  await ada.createPasskey();
  await there.dashboard.hasPasskeys(2);
});

test('a wrong code is said beside the field, and the right one still works', async ({ person, mailbox, anotherDevice, expectAccessible }) => {
  await person.signUp();
  const { app: there } = await anotherDevice();
  await person.in(there).startSignInWithPassword();
  await person.in(there).enterPassword();
  const { code } = await mailbox.next(person.identifier, 'Your code for Keymend');
  for (const [typed, said] of [
    ['', 'Type the code.'],
    [another(code), 'This is not the code.'],
    ['n'.repeat(10_000), 'This is not the code.'],
  ] as const) {
    await there.confirm.submit(typed);
    await expect(there.confirm.alert).toContainText(said);
    await expect(there.confirm.code).toHaveAttribute('aria-invalid', 'true');
    await expect(there.confirm.code).toBeFocused();
    await expectAccessible(there);
  }
  await there.confirm.submit(code);
  await there.createPasskey.isShown();
});

test('a new code makes the one before void; not now leads to the dashboard all the same', async ({ person, mailbox, anotherDevice }) => {
  await person.signUp();
  const { app: there } = await anotherDevice();
  await person.in(there).startSignInWithPassword();
  await person.in(there).enterPassword();
  const before = await mailbox.next(person.identifier, 'Your code for Keymend');
  await there.confirm.sendAgain.click();
  await expect(there.main).toContainText('A new code is on its way.');
  const fresh = await mailbox.next(person.identifier, 'Your code for Keymend');
  expect(fresh.code, 'by a chance of one in a million').not.toBe(before.code);
  await there.confirm.submit(before.code);
  await expect(there.confirm.alert).toBeVisible();
  await there.reload();
  await there.confirm.notNow.click();
  await there.dashboard.isShown();
  await there.dashboard.hasPasskeys(1);
});
