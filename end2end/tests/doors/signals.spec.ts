/** What the page tells the providers of passkeys (WebAuthn Level 3, section 5.1.10): all that is accepted, what is not, and never too little. */
import type { Device } from '../../fixtures/index.ts';
import { expect, test } from '../../fixtures/index.ts';
import { NOT_FOUND_HERE } from '../../screens/dashboard.ts';

const ALL = 'signalAllAcceptedCredentials';
const UNKNOWN = 'signalUnknownCredential';
const DETAILS = 'signalCurrentUserDetails';

function told(device: Device, method: string) {
  return device.signals.filter((signal) => signal.method === method).map(({ options }) => options);
}

function lists(device: Device) {
  return told(device, ALL).map((options) => options.allAcceptedCredentialIds);
}

test('every dashboard tells the whole list and the name of the account', async ({ app, device, person }) => {
  await person.signUp();
  await expect.poll(() => lists(device)).toEqual([device.passkeys()]);
  await app.reload();
  await expect.poll(() => lists(device)).toEqual([device.passkeys(), device.passkeys()]);
  await person.signOut();
  await person.signIn();
  await expect.poll(() => lists(device)).toHaveLength(3);

  const [all] = told(device, ALL);
  expect(all).toMatchObject({ rpId: 'localhost', userId: expect.stringMatching(/^[\w-]{22}$/) });
  expect(told(device, DETAILS)).toEqual(Array(3).fill({ rpId: 'localhost', userId: all!.userId, name: person.identifier, displayName: person.identifier }));
  expect(told(device, UNKNOWN)).toEqual([]);
  expect(device.passkeys(), 'nothing that is accepted was taken away').toHaveLength(1);
});

test('a passkey that is removed from the account leaves the device, and the others stay', async ({ app, device, person }) => {
  await person.signUp();
  const [removed] = device.passkeys();
  await device.savesPasskeysIn('Bitwarden');
  await app.dashboard.addPasskey.click();
  await person.createPasskey();
  const kept = device.passkeys().filter((id) => id !== removed);
  await device.savesPasskeysIn(device.platform.own.name);
  await device.signOutManager('Bitwarden');

  await app.dashboard.remove(app.dashboard.row(device.platform.own));
  await app.dashboard.hasPasskeys(1);
  await expect.poll(() => lists(device).at(-1)).toEqual(kept);
  await expect.poll(() => device.passkeys()).toEqual([]);
  await device.signInManager('Bitwarden');
  expect(device.passkeys()).toEqual(kept);
});

test('the last one too, with an empty list that is meant', async ({ app, device, person }) => {
  await person.signUp();
  await app.dashboard.remove(app.dashboard.rows.first());
  await app.dashboard.hasPasskeys(0);
  await expect.poll(() => lists(device).at(-1)).toEqual([]);
  await expect.poll(() => device.passkeys()).toEqual([]);
  expect(device.signals.at(-1)?.method, 'of an account without passkeys no name is told').toBe(ALL);
});

test('an account that never had a passkey tells nothing', async ({ app, device, person }) => {
  await person.signUp({ passkey: false });
  await app.reload();
  await app.dashboard.isShown();
  expect(device.signals).toEqual([]);
});

test('another name of the account is told, so that its passkeys are found by it', async ({ app, device, person }) => {
  await person.signUp();
  await expect.poll(() => told(device, DETAILS)).toHaveLength(1);
  const [before] = told(device, DETAILS);
  const username = `ada-${Date.now().toString(36)}`;
  await app.open('/account');
  await app.account.changeUsername.click();
  await app.changeUsername.username.fill(username);
  await app.changeUsername.change.click();
  await app.account.isShown();
  await expect.poll(() => told(device, DETAILS).at(-1)).toEqual({ ...before, name: username, displayName: username });
});

test('a passkey that is only suspected is on every list', async ({ app, device, person }) => {
  await person.signUp();
  const [suspect] = device.passkeys();
  await person.signOut();
  await device.switchCloudAccount();
  await person.failTwice();
  await person.enterPassword();
  await person.createPasskey();
  await expect(app.dashboard.row(NOT_FOUND_HERE)).toHaveCount(1);
  await expect.poll(() => lists(device).at(-1)).toEqual([suspect, ...device.passkeys()]);
  await device.switchBack();
  expect(device.passkeys()).toEqual([suspect]);
});

test('a passkey that answers and is not accepted any more is told to be unknown, and leaves the device', async ({ app, device, person, anotherDevice, expectAccessible }) => {
  await person.signUp();
  const [removed] = device.passkeys();
  const other = await anotherDevice();
  await device.copyPasskeysTo(other.device);
  await app.dashboard.remove(app.dashboard.rows.first());
  await app.dashboard.hasPasskeys(0);

  await other.app.open('/sign-in');
  await other.device.picksSuggestion();
  await expect(other.app.main).toContainText('That passkey is no longer accepted here. Try another passkey, or type your email address or username.');
  await expect(other.app.identify.identifier).toBeVisible();
  await expectAccessible(other.app);
  // Nobody is signed in there, so nothing is told but what the passkey itself has just said.
  expect(other.device.signals).toEqual([{ method: UNKNOWN, options: { rpId: 'localhost', credentialId: removed } }]);
  await expect.poll(() => other.device.passkeys()).toEqual([]);
  await person.in(other.app).startSignIn();
  await other.app.enterPassword.isShown();
});

test('a prompt that ends without an answer says nothing about any passkey', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  const before = device.signals.length;
  device.dismissNext(2);
  await person.failTwice();
  await app.enterPassword.submit('certainly not the password');
  await expect(app.enterPassword.alert).toBeVisible();
  expect(device.signals).toHaveLength(before);
});

test('while a passkey is being made elsewhere no list is told: it could not be on it yet', async ({ app, device, person, anotherDevice }) => {
  await device.savesPasskeysIn('Bitwarden');
  await person.signUp();
  await expect.poll(() => lists(device)).toHaveLength(1);
  const other = await anotherDevice();
  await device.copyPasskeysTo(other.device);
  const there = person.in(other.app);
  await there.startSignIn();
  await other.app.usePasskey.start.click();
  await other.app.dashboard.isShown();
  await other.app.dashboard.addPasskey.click();
  const prompt = other.device.holdNextPrompt();
  await other.device.savesPasskeysIn(other.device.platform.own.name);
  await other.app.createPasskey.create.click();
  await prompt.shown;

  await app.reload();
  await app.dashboard.isShown();
  prompt.approve();
  await other.app.passkeyCreated.isShown();
  await other.app.passkeyCreated.continue.click();
  await other.app.dashboard.hasPasskeys(2);
  await app.reload();
  await app.dashboard.hasPasskeys(2);
  await expect.poll(() => lists(device).map((list) => list?.length)).toEqual([1, 2]);
});

for (const [browser, script] of [
  ['never answers', () => Object.assign(PublicKeyCredential, { signalAllAcceptedCredentials: () => new Promise(() => {}) })],
  ['refuses', () => Object.assign(PublicKeyCredential, { signalAllAcceptedCredentials: () => Promise.reject(new Error('no')) })],
  ['throws', () => Object.assign(PublicKeyCredential, { signalAllAcceptedCredentials: () => JSON.parse('no') })],
  ['does not know them', () => Object.assign(PublicKeyCredential, { signalAllAcceptedCredentials: undefined, signalCurrentUserDetails: undefined })],
] as [string, () => void][]) {
  test(`nothing waits for a browser that ${browser}`, async ({ app, device, person }) => {
    await device.context.addInitScript(script);
    await person.signUp();
    await app.reload();
    await app.dashboard.rename(app.dashboard.rows.first(), 'The blue one');
    await expect(app.dashboard.row('The blue one')).toHaveCount(1);
    await person.signOut();
    await person.signIn();
  });
}
