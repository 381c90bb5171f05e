/** Creating an account, and the first passkey with it. */
import { Person as People, expect, test } from '../../fixtures/index.ts';
import { another } from '../../fixtures/mailbox.ts';

test('account, the code to its address, first passkey, dashboard', async ({ app, device, person, mailbox, expectAccessible }) => {
  await app.open('/sign-in');
  await app.identify.createAccount.click();
  await app.signUp.isShown();
  await app.reacts();
  await expectAccessible();
  await app.signUp.submit(person.identifier, person.password);
  await app.confirmSignUp.isShown();
  await expect(app.main).toContainText(person.identifier);
  await expectAccessible();
  const { code } = await mailbox.next(person.identifier, 'Your code for a new account');
  await app.confirmSignUp.submit(another(code));
  await expect(app.confirmSignUp.alert).toContainText('This is not the code.');
  await expect(app.confirmSignUp.code).toBeFocused();
  await expectAccessible();
  await app.reload();
  await app.confirmSignUp.submit(code);
  await app.createPasskey.isShown();
  await expect(app.createPasskey.headingFirst).toBeVisible();
  expect(device.prompts).toEqual([]);
  await expectAccessible();
  await app.createPasskey.create.click();
  await app.passkeyCreated.isShown();
  expect(device.prompts).toMatchObject([{ kind: 'create', listed: [], residentKey: 'required', userVerification: 'required' }]);
  await expectAccessible();
  await app.passkeyCreated.continue.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);
});

test('not now: the account works with its password', async ({ app, person }) => {
  await person.signUp({ passkey: false });
  await app.dashboard.hasPasskeys(0);
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  await person.enterPassword();
  await app.dashboard.isShown();
});

test('a username does as well as an address', async ({ app }) => {
  const ada = People.unknown(app, 'countess');
  await app.open('/sign-up');
  const username = ada.identifier.split('@')[0]!;
  await app.signUp.submit(username, ada.password);
  await app.createPasskey.isShown();
  await expect(app.main).toContainText(username);
});

for (const [name, password] of [
  ['too short', 'fourteen chars'],
  ['empty', ''],
  ['10,000 characters', 'p'.repeat(10_000)],
  ['known to everybody', 'passwordpassword'],
] as const) {
  test(`a password that is ${name}: said beside the field, the identifier stays`, async ({ app, person, expectAccessible }) => {
    await app.open('/sign-up');
    await app.signUp.submit(person.identifier, password);
    await app.signUp.isShown();
    await expect(app.signUp.alert).toBeVisible();
    await expect(app.signUp.identifier).toHaveValue(person.identifier);
    await expect(app.signUp.password).toHaveValue('');
    await expectAccessible();
    await app.signUp.submit(person.identifier, person.password);
    await app.confirmSignUp.isShown();
  });
}

for (const [name, identifier] of [
  ['empty', ''],
  ['10,000 characters', 'a'.repeat(10_000)],
] as const) {
  test(`an identifier that is ${name}: said beside the field`, async ({ app, person }) => {
    await app.open('/sign-up');
    await app.signUp.submit(identifier, person.password);
    await app.signUp.isShown();
    await expect(app.signUp.alert).toBeVisible();
  });
}

test('a slip in the address: the form again, with what was typed, and another code', async ({ app, person, mailbox }) => {
  const slip = person.identifier.replace('@', '.slip@');
  await app.open('/sign-up');
  await app.signUp.submit(slip, person.password);
  await app.confirmSignUp.isShown();
  const { code: old } = await mailbox.next(slip, 'Your code for a new account');
  await app.confirmSignUp.another.click();
  await app.signUp.isShown();
  await expect(app.signUp.identifier).toHaveValue(slip);
  await app.signUp.submit(person.identifier, person.password);
  await app.confirmSignUp.isShown();
  await app.confirmSignUp.submit(old);
  await expect(app.confirmSignUp.alert).toBeVisible();
  await app.confirmSignUp.sendAgain.click();
  await expect(app.main).toContainText('Another mail is on its way.');
  await mailbox.next(person.identifier, 'Your code for a new account');
  await person.confirmSignUp();
  await app.createPasskey.isShown();
});

test('an address that is taken looks like one that is free, and only its owner is told', async ({ app, person, mailbox, anotherDevice, anotherPerson }) => {
  await person.signUp({ passkey: false });
  const { app: elsewhere } = await anotherDevice();
  const said: string[] = [];
  for (const who of [person, anotherPerson]) {
    await elsewhere.page.context().clearCookies();
    await elsewhere.open('/sign-up');
    await elsewhere.signUp.submit(who.identifier, 'another good long password');
    await elsewhere.confirmSignUp.isShown();
    said.push((await elsewhere.main.innerText()).replaceAll(who.identifier, '…'));
  }
  expect(said[1]).toBe(said[0]);
  expect((await mailbox.next(person.identifier, 'You have an account')).text).toContain('/sign-in');
  await mailbox.next(anotherPerson.identifier, 'Your code for a new account');

  await person.signOut();
  await person.startSignIn();
  await person.enterPassword();
  await app.dashboard.isShown();
});

test('a username that is taken is told', async ({ app, person, anotherDevice }) => {
  const ada = person.withoutAddress();
  await ada.signUp({ passkey: false });
  const { app: elsewhere } = await anotherDevice();
  await elsewhere.open('/sign-up');
  await elsewhere.signUp.submit(ada.identifier, 'another good long password');
  await elsewhere.signUp.isShown();
  await expect(elsewhere.signUp.alert).toBeVisible();

  await ada.signOut();
  await ada.startSignIn();
  await ada.enterPassword();
  await app.dashboard.isShown();
});
