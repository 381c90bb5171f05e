/** Creating an account, and the first passkey with it. */
import { Person as People, expect, test } from '../../fixtures/index.ts';

test('account, first passkey, dashboard', async ({ app, device, person, expectAccessible }) => {
  await app.open('/sign-in');
  await app.identify.createAccount.click();
  await app.signUp.isShown();
  await app.reacts();
  await expectAccessible();
  await app.signUp.submit(person.identifier, person.password);
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
    await app.createPasskey.isShown();
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

test('an identifier that is taken stays with whom it belongs to', async ({ app, person, anotherDevice }) => {
  await person.signUp({ passkey: false });
  const { app: elsewhere } = await anotherDevice();
  await elsewhere.open('/sign-up');
  await elsewhere.signUp.submit(person.identifier, 'another good long password');
  await elsewhere.signUp.isShown();
  await expect(elsewhere.signUp.alert).toBeVisible();

  await person.signOut();
  await person.startSignIn();
  await person.enterPassword();
  await app.dashboard.isShown();
});
