/** The server was updated while a page was open: what it answers cannot be read there, so the page is loaded anew, and not in a loop. */
import type { Page } from '@playwright/test';

import { expect, test } from '../../fixtures/index.ts';

/** What follows a name that nobody has: one or the other, as for somebody who exists. */
const ASKED = /^(use-passkey|enter-password)$/;

/** What another version may answer. */
const UNREADABLE = { json: { version: 2, screen: 'something else' } };

/** A page of words that says so by itself. */
const STALE = {
  json: {
    address: '/sign-in',
    title: 'This page is out of date',
    status: '',
    signals: [],
    screen: {
      Stale: {
        heading: 'This page is out of date',
        lead: ['It was made before the last update. Load it once more to go on.'],
        links: [{ path: '/sign-in', label: 'Load again' }],
      },
    },
  },
};

/** Counts the documents that the tab asks for from now on. */
function documents(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) count += 1;
  });
  return () => count;
}

/** The tab has no room for the note that it was loaded anew already. */
async function notesNothing(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
  });
}

for (const [name, answer] of [
  ['an answer that cannot be read', UNREADABLE],
  ['an answer that is no page at all', { contentType: 'text/html', body: '<!doctype html><title>Somebody in between</title>' }],
  ['an answer that says that the page is out of date', STALE],
] as const) {
  test(`${name}: the page is loaded anew once, and works again`, async ({ app, device, page, person }) => {
    await app.open('/sign-in');
    const loaded = documents(page);
    await page.route('**/api/**', (route) => route.fulfill(answer));
    await device.opensNoPromptDuring(async () => {
      await app.identify.submit(person.identifier);
      await expect.poll(loaded).toBe(1);
      await app.reacts();
    });
    await app.identify.isShown();
    expect(loaded()).toBe(1);
    await page.unroute('**/api/**');
    await app.identify.submit(person.identifier);
    await expect(app.main).toHaveAttribute('data-step', ASKED);
    expect(loaded()).toBe(1);
  });
}

test('where a reload does not help it is said, and not loaded again', async ({ app, page, person }) => {
  await app.open('/sign-in');
  const loaded = documents(page);
  await page.route('**/api/**', (route) => route.fulfill(UNREADABLE));
  await app.identify.submit(person.identifier);
  await expect.poll(loaded).toBe(1);
  await app.reacts();
  await app.identify.submit(person.identifier);
  await app.unreachable.isShown();
  expect(loaded()).toBe(1);
  // Once it is well again, it may help again.
  await page.unroute('**/api/**');
  await app.unreachable.retry.click();
  await expect(app.main).toHaveAttribute('data-step', ASKED);
  await page.route('**/api/**', (route) => route.fulfill(UNREADABLE));
  await app.enterPassword.notYou.click();
  await expect.poll(loaded).toBe(2);
});

test('a document that cannot be read is loaded once more, and then works by plain forms', async ({ app, page, person }) => {
  await page.route('**/sign-in', async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    await route.fulfill({ response, body: body.replace(/(<script[^>]*id="start"[^>]*>)/, '$1{"version":2}') });
  });
  const loaded = documents(page);
  await page.goto('/sign-in');
  await expect.poll(loaded).toBe(2);
  await page.waitForLoadState('networkidle');
  await app.identify.isShown();
  expect(loaded()).toBe(2);
  await expect(page.locator('html')).not.toHaveAttribute('data-hydrated');
  await app.identify.submit(person.identifier);
  await expect(app.main).toHaveAttribute('data-step', ASKED);
});

test('where a tab cannot note that it was loaded anew, it is not: it is said, and what was typed goes on', async ({ app, page, person, expectAccessible }) => {
  await notesNothing(page);
  await app.open('/sign-in');
  const loaded = documents(page);
  await page.route('**/api/**', (route) => route.fulfill(UNREADABLE));
  await app.identify.submit(person.identifier);
  await app.unreachable.isShown();
  await expectAccessible();
  await page.unroute('**/api/**');
  await app.unreachable.retry.click();
  await expect(app.main).toHaveAttribute('data-step', ASKED);
  await expect(app.main).toContainText(person.identifier);
  expect(loaded()).toBe(0);
});

test('stale, as a screen reader meets it', async ({ app, page, person, expectAccessible }) => {
  await notesNothing(page);
  await app.open('/sign-in');
  await page.route('**/api/**', (route) => route.fulfill(STALE));
  await app.identify.submit(person.identifier);
  await app.stale.isShown();
  await expect(app.main).toMatchAriaSnapshot(`
    - heading "This page is out of date" [level=1]
    - paragraph
    - link "Load again"
  `);
  await expectAccessible();
  await page.unroute('**/api/**');
  await app.stale.loadAgain.click();
  await app.identify.isShown();
});
