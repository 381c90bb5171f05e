/** A passkey on another device, by a code on this screen: announced before, never cut short, and never needed twice. */
import type { App, Device, Fixtures, Person } from '../../fixtures/index.ts';
import { expect, test } from '../../fixtures/index.ts';

interface Laptop {
  app: App;
  device: Device;
  there: Person;
}

/** The passkey is on a Mac; its owner now sits before a Windows laptop, and the Mac stays at hand. */
async function atTheLaptop({ device, person, anotherDevice }: Pick<Fixtures, 'device' | 'person' | 'anotherDevice'>): Promise<Laptop> {
  await person.signUp();
  const laptop = await anotherDevice({ platform: 'windows', capabilities: { hybridTransport: true } });
  const there = person.in(laptop.app);
  await there.startSignIn();
  // A passkey of Apple is never on Windows: nobody is sent to a code that they have not asked for.
  await laptop.app.enterPassword.isShown();
  expect(laptop.device.prompts).toEqual([]);
  laptop.device.answersWith(device);
  await laptop.app.enterPassword.usePasskey.click();
  await laptop.app.createPasskey.isShown();
  return { ...laptop, there };
}

test('whoever signed in with another device is offered a passkey for this one, and needs the other one no more', async ({ device, person, anotherDevice }) => {
  const { app, device: laptop, there } = await atTheLaptop({ device, person, anotherDevice });
  await expect(app.createPasskey.headingAfterError).toBeVisible();
  await app.createPasskey.create.click();
  await app.passkeyCreated.isShown();
  expect(laptop.prompts.at(-1)).toMatchObject({
    kind: 'create',
    listed: device.passkeys(),
    hints: ['client-device'],
    attachment: 'platform',
    residentKey: 'required',
    outcome: 'ok',
  });
  await app.passkeyCreated.continue.click();
  await app.dashboard.hasPasskeys(2);

  laptop.answersWith(undefined);
  await there.signOut();
  await there.signIn();
  expect(laptop.prompts.at(-1)).toMatchObject({ kind: 'get', hints: [], outcome: 'ok' });
  await expect(app.dashboard.healConfirmed).toBeVisible();
});

test('that this device has one already is found out quietly', async ({ device, person, anotherDevice }) => {
  const { app, device: laptop } = await atTheLaptop({ device, person, anotherDevice });
  await device.copyPasskeysTo(laptop);
  await laptop.savesPasskeysIn('Apple Passwords');
  await app.createPasskey.create.click();
  await app.alreadyHere.isShown();
  await expect(app.alreadyHere.alert).toHaveCount(0);
});

test.describe('who goes on without a passkey here', () => {
  test('is told before the code comes, and it comes on a click', async ({ device, person, anotherDevice, expectAccessible }) => {
    const { app, device: laptop, there } = await atTheLaptop({ device, person, anotherDevice });
    await app.createPasskey.notNow.click();
    await there.signOut();
    await laptop.opensNoPromptDuring(() => there.startSignIn());
    await app.usePasskey.isShown();
    await expect(app.main).toContainText('Next comes a code. Scan it with the device that has your passkey');
    await expectAccessible(app);
    const before = laptop.prompts.length;
    await app.usePasskey.start.click();
    await app.dashboard.isShown();
    expect(laptop.prompts.slice(before)).toMatchObject([
      { kind: 'get', listed: device.passkeys(), transports: [['hybrid', 'internal']], hints: ['hybrid'], outcome: 'ok' },
    ]);
  });

  test('reaches it with one tap as well, and is told first', async ({ device, person, anotherDevice }) => {
    const { app, device: laptop, there } = await atTheLaptop({ device, person, anotherDevice });
    await app.createPasskey.notNow.click();
    await there.signOut();
    await there.comesBackLater();
    await laptop.opensNoPromptDuring(() => app.identify.oneTap.click());
    await app.usePasskey.isShown();
    await expect(app.main).toContainText('Next comes a code.');
  });

  test('may decline it, and the password is the way', async ({ device, person, anotherDevice }) => {
    const { app, device: laptop, there } = await atTheLaptop({ device, person, anotherDevice });
    await app.createPasskey.notNow.click();
    await there.signOut();
    await laptop.opensNoPromptDuring(async () => {
      await there.startSignIn();
      await app.usePasskey.usePassword.click();
    });
    await there.enterPassword();
    await app.dashboard.isShown();
  });

  test('may take their time: the watchdog ends no code that is being scanned', async ({ device, person, anotherDevice }) => {
    const { app, device: laptop, there } = await atTheLaptop({ device, person, anotherDevice });
    await app.createPasskey.notNow.click();
    await there.signOut();
    await app.page.clock.install();
    await there.startSignIn();
    const prompt = laptop.holdNextPrompt();
    await app.usePasskey.start.click();
    await prompt.shown;
    await app.page.clock.fastForward('04:50');
    expect(laptop.prompts.at(-1)).toMatchObject({ outcome: 'open' });
    await expect(app.usePasskey.usePassword).toBeEnabled();
    prompt.approve();
    await app.dashboard.isShown();
  });
});

test('nor one that comes where none was announced, as the window loses the focus to it', async ({ app, device, page, person }) => {
  await person.signUp();
  await person.signOut();
  await page.clock.install();
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await page.evaluate(() => dispatchEvent(new Event('blur')));
  await page.clock.fastForward('04:50');
  expect(device.prompts.at(-1)).toMatchObject({ outcome: 'open' });
  prompt.approve();
  await app.dashboard.isShown();
});
