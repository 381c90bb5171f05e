/** One tap: whoever has signed in with a passkey in this browser goes on with one button. It proves nothing, and never opens by itself. */
import { expect, test } from '../../fixtures/index.ts';

test.describe('after a passkey has worked here', () => {
  test.beforeEach(async ({ person }) => {
    await person.signUp();
    await person.signOut();
    await person.comesBackLater();
  });

  test('one button stands in place of the field, and opens nothing by itself', async ({ app, device, person, expectAccessible }) => {
    const waited = device.unseen.length;
    await device.opensNoPromptDuring(() => app.open('/sign-in'));
    const hint = `${person.identifier.charAt(0)}…@example.test`;
    await expect(app.identify.oneTap).toHaveAccessibleName(`Continue as ${hint}`);
    await expect(app.identify.useAnotherAccount).toBeVisible();
    await expect(app.identify.identifier).toHaveCount(0);
    await expect(app.main).not.toContainText(person.identifier);
    expect(device.unseen, 'without a field nothing waits behind it').toHaveLength(waited);
    await expectAccessible();
  });

  test('it asks for the passkey at once, for each that the account has', async ({ app, device, person }) => {
    await app.identify.oneTap.click();
    await app.dashboard.isShown();
    await expect(app.main).toContainText(person.identifier);
    expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', mediation: 'optional', listed: device.passkeys(), outcome: 'ok' });
  });

  test('after a cancel nothing opens by itself, and the tap is not offered again', async ({ app, device }) => {
    device.dismissNext();
    await app.identify.oneTap.click();
    await expect(app.usePasskey.tryAgain).toBeVisible();
    await expect(app.usePasskey.usePassword).toBeVisible();
    await device.opensNoPromptDuring(() => app.reload());
    await app.usePasskey.isShown();
    await device.opensNoPromptDuring(() => app.usePasskey.notYou.click());
    await app.identify.isShown();
    await expect(app.identify.identifier).toBeVisible();
    await device.opensNoPromptDuring(() => app.reload());
    await expect(app.identify.identifier).toBeVisible();
    await expect(app.identify.oneTap).toHaveCount(0);
    await expect(app.identify.immediate).toHaveCount(0);
  });

  test('use another account leads to the field before any prompt, and stays there', async ({ app, device, anotherPerson }) => {
    await device.opensNoPromptDuring(() => app.identify.useAnotherAccount.click());
    await expect(app.identify.identifier).toBeVisible();
    await expect(app.identify.identifier).toBeFocused();
    await app.reload();
    await expect(app.identify.identifier).toBeVisible();
    await expect(app.identify.oneTap).toHaveCount(0);
    await anotherPerson.signUp();
    await anotherPerson.signOut();
    await anotherPerson.comesBackLater();
    await expect(app.identify.oneTap).toHaveAccessibleName(/^Continue as g…/);
  });

  test('whoever signs out meets the field, and the tap comes back with the next visit', async ({ app, person }) => {
    await person.signIn();
    await person.signOut();
    await expect(app.identify.identifier).toBeVisible();
    await app.open('/sign-in');
    await expect(app.identify.identifier).toBeVisible();
    await expect(app.identify.oneTap).toHaveCount(0);
    await person.comesBackLater();
    await expect(app.identify.oneTap).toBeVisible();
    await expect(app.identify.identifier).toHaveCount(0);
  });

  test('a passkey that has struck out twice leads to the password, not to another prompt', async ({ app, device, person }) => {
    await device.deletePasskeys();
    await person.failTwice();
    await app.page.context().clearCookies({ name: 'flow' });
    await app.open('/sign-in');
    await device.opensNoPromptDuring(() => app.identify.oneTap.click());
    await app.enterPassword.isShown();
  });

  test('with its last passkey the tap is gone, and that of another account stays', async ({ app, person, anotherPerson }) => {
    await anotherPerson.signUp();
    await anotherPerson.signOut();
    await person.signIn();
    await app.dashboard.remove(app.dashboard.rows.first());
    await app.dashboard.hasPasskeys(0);
    await person.signOut();
    await person.comesBackLater();
    await expect(app.identify.oneTap).toHaveAccessibleName(/^Continue as g…/);
  });

  test('a forgotten browser remembers nobody', async ({ app, person }) => {
    await person.signIn();
    await app.dashboard.forgetBrowser.click();
    await expect(app.main).toContainText('This browser is forgotten.');
    await person.signOut();
    await person.comesBackLater();
    await expect(app.identify.identifier).toBeVisible();
    await expect(app.identify.oneTap).toHaveCount(0);
  });
});

test('the password alone is no reason to remember anybody', async ({ app, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.comesBackLater();
  await expect(app.identify.identifier).toBeVisible();
  await expect(app.identify.oneTap).toHaveCount(0);
});

test('the operator can leave it out', async ({ app, person, ownServer }) => {
  app.useServer(await ownServer({ env: { KEYMEND__SIGN_IN__ONE_TAP: 'false' } }));
  await person.signUp();
  await person.signOut();
  await person.comesBackLater();
  await expect(app.identify.identifier).toBeVisible();
  await expect(app.identify.oneTap).toHaveCount(0);
});
