/** On each platform: the passkey simply works, and the words fit. */
import { expect, test } from '../../fixtures/index.ts';
import { WORKS_HERE } from '../../screens/dashboard.ts';
import { drawing } from '../../support/drawings.ts';

/** What the system asks for, in the words of the platform. */
const ASKS_FOR = {
  macos: /Touch ID/,
  windows: /Windows Hello/,
  ios: /Face ID/,
  android: /fingerprint|screen lock/,
};
/** Words that belong to other platforms. */
const NEVER_SAYS = {
  macos: /Windows Hello|Face ID|Google Password Manager|iPhone/,
  windows: /Touch ID|Face ID|iCloud|Apple|iPhone|Mac\b/,
  ios: /Windows Hello|Google Password Manager|\bMac\b/,
  android: /Touch ID|Face ID|Windows Hello|iCloud|Apple|iPhone/,
};
/** What is drawn of it, by the name of the file. */
const DRAWN = {
  macos: 'fingerprint',
  windows: 'laptop',
  ios: 'face',
  android: 'fingerprint',
};

test('signing in takes the identifier and the sensor', async ({ app, device, person, platform, expectAccessible }) => {
  await person.signUp();
  await expect(app.dashboard.row(WORKS_HERE).filter({ hasText: device.platform.own.reads })).toHaveCount(1);
  await person.signOut();
  await expectAccessible();

  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await app.usePasskey.isShown();
  await expect(app.main).toContainText(ASKS_FOR[platform]);
  await expect(app.main).not.toContainText(NEVER_SAYS[platform]);
  await expect.poll(() => drawing.on(app.usePasskey.picture)).toEqual(drawing.named(DRAWN[platform]));
  await expect(app.main).toContainText(person.identifier);
  await expect(app.usePasskey.usePassword).toBeEnabled();
  await expectAccessible();
  prompt.approve();

  await app.dashboard.isShown();
  expect(device.prompts.map((one) => one.kind)).toEqual(['create', 'get']);
  await expect(app.dashboard.row(WORKS_HERE)).toHaveCount(1);
  await expect(app.dashboard.healConfirmed).toHaveCount(0);
});

test('the first passkey is announced in the words of the platform', async ({ app, person, platform, expectAccessible }) => {
  await person.createAccount();
  await expect(app.createPasskey.headingFirst).toBeVisible();
  await expect(app.main).toContainText(ASKS_FOR[platform]);
  await expect(app.main).not.toContainText(NEVER_SAYS[platform]);
  await expect.poll(() => drawing.on(app.createPasskey.picture)).toEqual(drawing.named(DRAWN[platform]));
  await expectAccessible();
});
