/** When a new passkey is offered, when not, and what becomes of *Not now* and of a closed dialog. */
import { expect, test } from '../../fixtures/index.ts';

test('not now leads straight to the dashboard, and is not asked again at the next sign-in', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
  await person.failTwice();
  await person.enterPassword();
  await app.createPasskey.isShown();
  await device.opensNoPromptDuring(() => app.createPasskey.notNow.click());
  await app.dashboard.isShown();
  await person.signOut();

  await person.startSignIn();
  await app.enterPassword.isShown();
  await person.enterPassword();
  await app.dashboard.isShown();
});

test('a closed creation dialog leaves the offer where it is, calmly', async ({ app, device, person, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
  await person.failTwice();
  await person.enterPassword();
  await app.createPasskey.isShown();
  device.dismissNext();
  await app.createPasskey.create.click();
  await expect(app.main).toContainText('No passkey was made, and nothing has changed.');
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'create', outcome: 'NotAllowedError' });
  await app.createPasskey.isShown();
  await expect(app.createPasskey.alert).toHaveCount(0);
  await expectAccessible();
  await person.createPasskey();
  await app.dashboard.hasPasskeys(2);
});

test('the password chosen while the prompt is open brings no offer: nothing is wrong', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await app.usePasskey.usePassword.click();
  await app.enterPassword.isShown();
  await person.enterPassword();
  await app.dashboard.isShown();
});

test('in a browser that never proved itself the password alone creates no passkey', async ({ person, anotherDevice, expectAccessible }) => {
  const ada = person.withoutAddress();
  await ada.signUp();
  const { app, device } = await anotherDevice();
  const there = ada.in(app);
  await there.failTwice();
  await there.enterPassword();
  await app.needsProof.isShown();
  await expectAccessible(app);
  await app.needsProof.usePasskey.click();
  await expect(app.status).toHaveText('No passkey was added yet.');
  expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', outcome: 'NotAllowedError' });
  await app.needsProof.isShown();
  await app.needsProof.continue.click();
  await app.dashboard.isShown();
  expect(device.prompts.filter((prompt) => prompt.kind === 'create')).toEqual([]);
});

test('a passkey of a manager that came back is the proof that a new browser asks for', async ({ person, device, anotherDevice }) => {
  const ada = person.withoutAddress();
  await device.savesPasskeysIn('Bitwarden');
  await ada.signUp();
  const other = await anotherDevice();
  const there = ada.in(other.app);
  await there.startSignInWithPassword();
  await there.enterPassword();
  await other.app.needsProof.isShown();
  await device.copyPasskeysTo(other.device);
  await other.app.needsProof.usePasskey.click();
  await other.app.createPasskey.isShown();
});

test('with the operator’s leave the password suffices in any browser', async ({ app, person, anotherDevice, ownServer }) => {
  const server = await ownServer({ env: { KEYMEND__HEALING__ASSURANCE: 'password' } });
  app.useServer(server);
  await person.signUp();
  const other = await anotherDevice();
  other.app.useServer(server);
  const there = person.in(other.app);
  await there.failTwice();
  await there.enterPassword();
  await there.createPasskey();
  await other.app.dashboard.hasPasskeys(2);
});
