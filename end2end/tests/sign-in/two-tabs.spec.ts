/** Two tabs of one browser: neither breaks the other, and none of them ends in a dead end. */
import { expect, test } from '../../fixtures/index.ts';

test('a second tab goes on where the first one is, and whoever comes later is signed in already', async ({ app, device, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  const other = app.in(await device.openTab());
  await other.open('/sign-in');
  await other.enterPassword.isShown();
  await expect(other.main).toContainText(person.identifier);

  await person.in(other).enterPassword();
  await other.dashboard.isShown();
  await app.enterPassword.submit('certainly not the password');
  await app.dashboard.isShown();
});

test('a form of an older flow changes nothing and shows the present step', async ({ app, device, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  const other = app.in(await device.openTab());
  await person.in(other).startSignIn();
  await other.enterPassword.isShown();

  await person.enterPassword();
  await expect(app.enterPassword.password).toHaveValue('');
  await app.enterPassword.isShown();
  await expect(app.enterPassword.alert).toHaveCount(0);
  await person.enterPassword();
  await app.dashboard.isShown();
});

test('two accounts in two tabs: the password never goes to the other account', async ({ app, device, person, anotherPerson }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await anotherPerson.signUp({ passkey: false });
  await anotherPerson.signOut();

  const second = app.in(await device.openTab());
  await person.startSignIn();
  await app.enterPassword.isShown();
  await anotherPerson.in(second).startSignIn();
  await second.enterPassword.isShown();

  // The first tab is of an older flow now: it shows who the present one is about, and signs nobody in by mistake.
  await person.enterPassword();
  await expect(app.main).toContainText(anotherPerson.identifier);
  await app.enterPassword.isShown();
  await anotherPerson.in(app).enterPassword();
  await app.dashboard.isShown();
  await expect(app.main).toContainText(anotherPerson.identifier);
});

test('signed in in one tab, the other one arrives at the dashboard as well', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  const other = app.in(await device.openTab());
  await other.open('/sign-in');
  await person.signIn();
  await device.opensNoPromptDuring(() => other.reload(), other.page);
  await other.dashboard.isShown();
});

test('signed out in one tab, the other one says so at the next click', async ({ app, device, person }) => {
  await person.signUp();
  const other = app.in(await device.openTab());
  await other.open('/dashboard');
  await other.dashboard.isShown();
  await person.signOut();
  await other.dashboard.addPasskey.click();
  await other.identify.isShown();
  await expect(other.main).toContainText('You are not signed in any more, so nothing was changed.');
});

test('prompts in both tabs: one of them signs in, and neither is stuck', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  const other = app.in(await device.openTab());
  const first = device.holdNextPrompt();
  await person.startSignIn();
  await first.shown;
  await person.in(other).signIn();

  first.approve();
  await app.dashboard.isShown();
});
