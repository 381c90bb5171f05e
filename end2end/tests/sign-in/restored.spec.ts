/**
 * Pages that are not loaded again when the person comes back: the browser has kept them whole (its back/forward cache), or only the
 * part behind `#` was another one. What they show may be of the past, so they ask the server, and open nothing by themselves.
 */
import type { Page } from '@playwright/test';

import { expect, test, type Device } from '../../fixtures/index.ts';
import { chromiumArguments, chromiumPath } from '../../support/chromium.ts';

// Playwright switches that cache off.
test.use({ launchOptions: { executablePath: chromiumPath(), args: chromiumArguments(), ignoreDefaultArgs: ['--disable-back-forward-cache'] } });

/** Comes back by `way`, and waits until the server has answered how things are. */
async function asksAgain(page: Page, way: () => Promise<unknown>): Promise<void> {
  // Told by the page itself: of one that was kept Playwright sees no requests.
  const answers = () => page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/api/page')).length);
  const before = await answers();
  await way();
  await expect.poll(answers, 'answers to how things are').toBeGreaterThan(before);
}

/** The last prompt was of a page that was asked for after the one before. */
function hasAnotherChallenge({ prompts }: Device): void {
  expect(prompts.at(-1)?.challenge).not.toBe(prompts.at(-2)?.challenge);
}

test.describe('a page that Chromium has kept', () => {
  test.beforeEach(async ({ device }) => {
    await device.context.addInitScript(() => {
      addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted }));
    });
  });

  /** Back, to a page that was kept: none is loaded. */
  async function back(page: Page): Promise<void> {
    await page.goBack({ waitUntil: 'commit' });
    await expect.poll(() => page.evaluate(() => (window as { persisted?: boolean }).persisted), 'the page was kept').toBe(true);
  }

  test('the dashboard tells what another tab has changed', async ({ app, device, page, person }) => {
    await person.signUp();
    await app.open('/dashboard');
    await app.dashboard.account.click();
    await app.account.isShown();
    const other = app.in(await device.openTab());
    await other.open('/dashboard');
    await other.dashboard.rename(other.dashboard.rows.first(), 'The blue one');
    await expect(other.dashboard.row('The blue one')).toHaveCount(1);
    await device.opensNoPromptDuring(() => asksAgain(page, () => back(page)));
    await expect(app.dashboard.row('The blue one')).toHaveCount(1);
  });

  test('a prompt that was open has ended, and the button opens the next one', async ({ app, device, page, person, otherSite }) => {
    await person.createAccount();
    await app.reload();
    const prompt = device.holdNextPrompt();
    await app.createPasskey.create.click();
    await prompt.shown;
    await page.goto(otherSite.origin);
    await device.opensNoPromptDuring(() => asksAgain(page, () => back(page)));
    await person.createPasskey();
    expect(device.prompts).toHaveLength(2);
    hasAnotherChallenge(device);
  });

  test('without the server it says so, and its retry shows the page', async ({ app, device, page, person, otherSite }) => {
    await person.signUp();
    await app.open('/dashboard');
    await page.route('**/api/**', (route) => route.abort('connectionrefused'));
    await page.goto(otherSite.origin);
    await back(page);
    await app.unreachable.isShown();
    await page.unroute('**/api/**');
    await device.opensNoPromptDuring(() => app.unreachable.retry.click());
    await app.dashboard.isShown();
  });
});

// Chromium keeps no page that has asked the server for another one, or whose cookies have changed since; other browsers may.
test.describe('a page that another browser would have kept', () => {
  test.beforeEach(async ({ person }) => {
    await person.signUp();
  });

  /** What a page meets that is kept. */
  async function leave(page: Page): Promise<void> {
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  }

  async function back(page: Page): Promise<void> {
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  }

  test('after a sign-out in another tab nothing of the account is left', async ({ app, device, page, person }) => {
    await leave(page);
    const other = app.in(await device.openTab());
    await other.open('/dashboard');
    await person.in(other).signOut();
    await device.opensNoPromptDuring(() => asksAgain(page, () => back(page)));
    await app.identify.isShown();
    await expect(app.main).not.toContainText(person.identifier);
    await expect(page).toHaveURL(/\/sign-in$/);
  });

  test('a prompt that was open has ended, and the button opens the next one', async ({ app, device, page, person }) => {
    await person.signOut();
    const prompt = device.holdNextPrompt();
    await person.startSignIn();
    await prompt.shown;
    await leave(page);
    await expect.poll(() => device.prompts.at(-1)?.outcome).toBe('AbortError');
    await device.opensNoPromptDuring(() => asksAgain(page, () => back(page)));
    await app.usePasskey.start.click();
    await app.dashboard.isShown();
    hasAnotherChallenge(device);
  });

  test('what was typed is there, and passkeys wait behind the field again', async ({ app, device, page, person }) => {
    await person.signOut();
    await app.identify.identifier.fill('ada');
    await leave(page);
    await expect.poll(() => device.suggestion()?.outcome).toBe('AbortError');
    await device.opensNoPromptDuring(() => asksAgain(page, () => back(page)));
    await expect(app.identify.identifier).toHaveValue('ada');
    await device.picksSuggestion();
    await app.dashboard.isShown();
  });
});

test.describe('back within a page', () => {
  test.beforeEach(async ({ person }) => {
    await person.signUp();
    await person.signOut();
  });

  async function thereAndBack(page: Page): Promise<void> {
    await page.evaluate(() => history.pushState(null, '', '#here'));
    await page.goBack();
  }

  test('a prompt that is open ends, and the button opens the next one', async ({ app, device, page, person }) => {
    const prompt = device.holdNextPrompt();
    await person.startSignIn();
    await prompt.shown;
    await device.opensNoPromptDuring(() => asksAgain(page, () => thereAndBack(page)));
    expect(device.prompts.at(-1)?.outcome).toBe('AbortError');
    await app.usePasskey.start.click();
    await app.dashboard.isShown();
  });

  test('who has signed in in another tab is signed in here', async ({ app, device, page, person }) => {
    const other = app.in(await device.openTab());
    await person.in(other).signIn();
    await device.opensNoPromptDuring(() => asksAgain(page, () => thereAndBack(page)));
    await app.dashboard.isShown();
  });
});
