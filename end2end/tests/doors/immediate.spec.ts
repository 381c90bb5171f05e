/** Immediate mode: a button that shows passkeys where there are some, and nothing at all otherwise. */
import type { App, Device } from '../../fixtures/index.ts';
import { expect, test } from '../../fixtures/index.ts';

test.beforeEach(({ person }) => person.signUp());

/** As if nothing had happened: no words, the field, and the focus in it. */
async function isSilent(app: App): Promise<void> {
  await expect(app.identify.identifier).toBeFocused();
  await app.isAnswered();
  await expect(app.status).toHaveText('');
  await expect(app.identify.alert).toHaveCount(0);
  await expect(app.main).toContainText('Type the email address or username of your account.');
}

/** What the page asks of a sign-in from now on: nothing, where nothing came of it. */
function functionsOf({ page }: App): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/sign-in')) sent.push(pathname);
  });
  return sent;
}

/** The request behind the field waits again. */
function waits(device: Device) {
  return expect.poll(() => device.suggestion()?.outcome).toBe('open');
}

test('where this device has a passkey, one click shows it and signs in', async ({ device, person, anotherDevice }) => {
  const other = await anotherDevice();
  await device.copyPasskeysTo(other.device);
  await other.device.opensNoPromptDuring(() => other.app.open('/sign-in'));
  await other.app.identify.immediate.click();
  await other.app.dashboard.isShown();
  await expect(other.app.main).toContainText(person.identifier);
  expect(other.device.prompts).toMatchObject([{ kind: 'get', mediation: 'immediate', listed: [], outcome: 'ok' }]);
});

test('where it has none, nothing happens, as often as one likes, and the field does it', async ({ person, anotherDevice, expectAccessible }) => {
  const { app, device } = await anotherDevice();
  await app.open('/sign-in');
  const sent = functionsOf(app);
  for (const times of [1, 2]) {
    await waits(device);
    await app.identify.immediate.click();
    await isSilent(app);
    const asked = () => device.unseen.filter(({ mediation }) => mediation === 'immediate');
    await expect.poll(() => asked().map(({ outcome }) => outcome)).toEqual(Array(times).fill('NotAllowedError'));
    expect(new Set(asked().map(({ challenge }) => challenge)).size, 'challenges of their own').toBe(times);
  }
  await expectAccessible(app);
  expect(sent).toEqual([]);
  expect(device.prompts).toEqual([]);

  // The usual ceremony, with other devices and keys, is a name away.
  await person.in(app).startSignIn();
  await app.usePasskey.isShown();
  await expect.poll(() => device.prompts.at(-1)).toMatchObject({ kind: 'get', mediation: 'optional' });
});

test('a dialog that is closed ends in the same silence', async ({ device, anotherDevice }) => {
  const other = await anotherDevice();
  await device.copyPasskeysTo(other.device);
  await other.app.open('/sign-in');
  const sent = functionsOf(other.app);
  other.device.dismissNext();
  await other.app.identify.immediate.click();
  await expect.poll(() => other.device.prompts.at(-1)).toMatchObject({ mediation: 'immediate', outcome: 'NotAllowedError' });
  await isSilent(other.app);
  await waits(other.device);
  expect(sent).toEqual([]);
});

for (const platform of ['macos', 'android'] as const) {
  test(`on ${platform} nothing moves when the button comes`, async ({ anotherDevice }) => {
    const { app, device } = await anotherDevice({ platform });
    await device.context.addInitScript(() => {
      const moved: number[] = [];
      new PerformanceObserver((list) => moved.push(...list.getEntries().map((entry) => (entry as PerformanceEntry & { value: number }).value))).observe({
        type: 'layout-shift',
        buffered: true,
      });
      Object.assign(window, { moved });
    });
    await app.open('/sign-in');
    await expect(app.identify.immediate).toBeVisible();
    await waits(device);
    expect(await app.page.evaluate(() => (window as unknown as { moved: number[] }).moved)).toEqual([]);
  });
}

test('a browser that does not know it shows no such button', async ({ anotherDevice }) => {
  const { app, device } = await anotherDevice({ capabilities: { immediateGet: false } });
  await app.open('/sign-in');
  await waits(device);
  await expect(app.identify.immediate).toHaveCount(0);
});

test('the operator can leave it out', async ({ app, device, ownServer }) => {
  app.useServer(await ownServer({ env: { KEYMEND__SIGN_IN__IMMEDIATE: 'false' } }));
  await app.open('/sign-in');
  await waits(device);
  await expect(app.identify.immediate).toHaveCount(0);
});
