/** Two people, or one with two accounts, in one browser: what happens to one account says nothing about the other. */
import { expect, test } from '../../fixtures/index.ts';

test('strikes of one account leave the other one alone', async ({ app, device, person, anotherPerson }) => {
  await person.signUp();
  await person.signOut();
  await anotherPerson.signUp();
  await anotherPerson.signOut();
  device.dismissNext(2);
  await person.failTwice();

  await anotherPerson.signIn();
  await expect(app.main).toContainText(anotherPerson.identifier);
  await anotherPerson.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
});

test('the prompt names the passkeys of the account that was typed, and of no other', async ({ device, person, anotherPerson }) => {
  await person.signUp();
  const [first] = device.passkeys();
  await person.signOut();
  await anotherPerson.signUp();
  const second = device.passkeys().find((id) => id !== first);
  await anotherPerson.signOut();

  await person.signIn();
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', listed: [first] });
  await person.signOut();
  await anotherPerson.signIn();
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', listed: [second] });
});

test('a heal is confirmed by nobody else, by the account itself, and once', async ({ app, device, person, anotherPerson }) => {
  await anotherPerson.signUp();
  await anotherPerson.signOut();
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
  await person.failTwice();
  await person.enterPassword();
  await person.createPasskey();
  await person.signOut();

  const prompt = device.holdNextPrompt();
  await anotherPerson.startSignIn();
  await prompt.shown;
  await app.usePasskey.usePassword.click();
  await app.enterPassword.isShown();
  await anotherPerson.enterPassword();
  await app.dashboard.isShown();
  await expect(app.dashboard.healConfirmed).toHaveCount(0);
  await anotherPerson.signOut();

  await person.signIn();
  await expect(app.dashboard.healConfirmed).toHaveText('Your new passkey works here.');
  await person.signOut();
  await person.signIn();
  await expect(app.dashboard.healConfirmed).toHaveCount(0);
});

test('not you? starts over with an empty field', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  device.dismissNext();
  await person.startSignIn();
  await expect(app.usePasskey.tryAgain).toBeVisible();
  await device.opensNoPromptDuring(() => app.usePasskey.notYou.click());
  await app.identify.isShown();
  await expect(app.identify.identifier).toHaveValue('');
});
