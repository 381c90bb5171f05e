/** Passkeys among the suggestions of the sign-in field: they wait in silence, end in silence, and give way to everything else. */
import type { Page } from '@playwright/test';

import { expect, test } from '../../fixtures/index.ts';

/** What the page reports about ceremonies from now on. */
function reportsOf(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/sign-in/report')) sent.push(pathname);
  });
  return sent;
}

test.beforeEach(async ({ app, person }) => {
  await person.signUp();
  await person.signOut();
  await app.identify.asksWho();
});

test('one request waits behind the field, for any passkey of the site', async ({ app, device }) => {
  await expect.poll(() => device.suggestion()?.outcome).toBe('open');
  await expect(app.identify.identifier).toHaveAttribute('autocomplete', /\bwebauthn$/);
  expect(device.unseen).toMatchObject([{ kind: 'get', mediation: 'conditional', listed: [], userVerification: 'required' }]);
});

test('in a browser that was never here it waits as soon as the browser has said that it can', async ({ anotherDevice }) => {
  const { app, device } = await anotherDevice();
  await app.open('/sign-in');
  await expect.poll(() => device.unseen).toMatchObject([{ mediation: 'conditional', outcome: 'open' }]);
});

test('a suggestion that is picked signs in without a name, and the account is remembered', async ({ app, device, person }) => {
  await device.picksSuggestion();
  await app.dashboard.isShown();
  await expect(app.main).toContainText(person.identifier);
  expect(device.prompts.map((prompt) => prompt.kind)).toEqual(['create']);
  await person.signOut();
  await person.comesBackLater();
  await expect(app.identify.oneTap).toBeVisible();
});

test('of two accounts the one that is picked signs in', async ({ app, device, person, anotherPerson }) => {
  const [first] = device.passkeys();
  await anotherPerson.signUp();
  await anotherPerson.signOut();
  await app.identify.asksWho();
  await device.picksSuggestion(first);
  await app.dashboard.isShown();
  await expect(app.main).toContainText(person.identifier);
});

test('ignored, it shows nothing, reports nothing, and makes way for the dialog', async ({ app, device, page, person }) => {
  await expect.poll(() => device.suggestion()?.outcome).toBe('open');
  const reports = reportsOf(page);
  await expect(app.status).toHaveText('');
  await expect(app.identify.alert).toHaveCount(0);
  const prompt = device.holdNextPrompt();
  await app.identify.submit(person.identifier);
  await prompt.shown;
  expect(device.unseen).toMatchObject([{ mediation: 'conditional', outcome: 'AbortError' }]);
  await expect(app.usePasskey.alert).toHaveCount(0);
  expect(reports).toEqual([]);
  prompt.approve();
  await app.dashboard.isShown();
  expect(reports).toEqual(['/api/sign-in/report']);
});

test('left alone it counts for nothing: the next visit still starts with the passkey', async ({ app, device, person }) => {
  for (let visit = 0; visit < 3; visit += 1) {
    await app.open('/sign-in');
    await expect.poll(() => device.suggestion()?.outcome).toBe('open');
  }
  await person.signIn();
});

test('before its challenge is too old it is asked for anew, and what was typed stays', async ({ app, device, page }) => {
  await page.clock.install();
  await app.open('/sign-in');
  await expect.poll(() => device.suggestion()?.outcome).toBe('open');
  const before = device.suggestion()!;
  await app.identify.identifier.fill('half a na');
  await page.clock.fastForward('05:01');
  await expect.poll(() => device.suggestion()?.challenge).not.toBe(before.challenge);
  expect(before.outcome).toBe('AbortError');
  await expect(app.identify.identifier).toHaveValue('half a na');
  await expect(app.identify.identifier).toBeFocused();
  await device.picksSuggestion();
  await app.dashboard.isShown();
});

test('where the server does not answer then, it is asked again later, and nobody notices', async ({ app, device, page }) => {
  await page.clock.install();
  await app.open('/sign-in');
  await expect.poll(() => device.suggestion()?.outcome).toBe('open');
  const before = device.suggestion()!;
  await page.route('**/api/page', (route) => route.abort('connectionrefused'));
  const asked = page.waitForRequest('**/api/page');
  await page.clock.fastForward('05:01');
  await asked;
  await app.identify.isShown();
  expect(before.outcome).toBe('open');
  await page.unroute('**/api/page');
  await page.clock.fastForward('01:00');
  await expect.poll(() => device.suggestion()?.challenge).not.toBe(before.challenge);
});

test('while nobody looks at the page nothing is asked for; whoever comes back finds a fresh one', async ({ app, device, page }) => {
  await page.clock.install();
  await app.open('/sign-in');
  await expect.poll(() => device.suggestion()?.outcome).toBe('open');
  const before = device.suggestion()!;
  const look = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await look(true);
  await page.clock.fastForward('20:00');
  await expect.poll(() => before.outcome).toBe('AbortError');
  expect(device.suggestion()).toBe(before);
  await look(false);
  await expect.poll(() => device.suggestion()?.outcome).toBe('open');
  expect(device.suggestion()?.challenge).not.toBe(before.challenge);
});

test('a browser that cannot do it is not asked to', async ({ app, device, person, anotherDevice }) => {
  const other = await anotherDevice({ capabilities: { conditionalGet: false } });
  await device.copyPasskeysTo(other.device);
  await person.in(other.app).signIn();
  expect(other.device.unseen).toEqual([]);
  await expect(app.identify.identifier).toBeVisible();
});

test('the operator can leave it out', async ({ app, device, ownServer }) => {
  app.useServer(await ownServer({ env: { KEYMEND__SIGN_IN__AUTOFILL: 'false' } }));
  const before = device.unseen.length;
  await app.open('/sign-in');
  await expect(app.identify.immediate).toBeVisible();
  expect(device.unseen).toHaveLength(before);
});
