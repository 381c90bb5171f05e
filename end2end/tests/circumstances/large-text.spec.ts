/** Text as large as people set it in their browser, on a phone: nothing lies over something else, and nothing is cut off. */
import type { CDPSession, Page } from '@playwright/test';

import { expect, test } from '../../fixtures/index.ts';

const WIDTHS = [320, 390];
const PERCENT = [100, 125, 150, 200];

/** One for each page: closing one would take the passkeys of its device along. */
const sessions = new WeakMap<Page, CDPSession>();

async function setText(page: Page, percent: number): Promise<void> {
  const cdp = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, cdp);
  const size = (pixels: number) => Math.round((pixels * percent) / 100);
  await cdp.send('Page.setFontSizes', { fontSizes: { standard: size(16), fixed: size(13) } });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** What is wrong with how the page is laid out now: words over words or over a field, words outside the card, words cut off. */
function troubles(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const said: string[] = [];
    const card = document.querySelector('.card')!;
    const { left, right } = card.getBoundingClientRect();
    const seen = (element: Element) => {
      for (let around: Element | null = element; around; around = around.parentElement) {
        const { visibility, display, opacity, clipPath } = getComputedStyle(around);
        if (visibility === 'hidden' || display === 'none' || opacity === '0' || clipPath !== 'none') return false;
      }
      return true;
    };
    const boxes: { what: string; owner: Node; box: DOMRect }[] = [];
    const walker = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const what = text.textContent!.trim();
      if (what === '' || !seen(text.parentElement!)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const box of range.getClientRects()) {
        boxes.push({ what, owner: text, box });
        if (box.left < left - 1 || box.right > right + 1) said.push(`outside the card: ${what}`);
      }
      for (let around: Element | null = text.parentElement; around && around !== card; around = around.parentElement) {
        const cuts = getComputedStyle(around).overflowX !== 'visible';
        if (cuts && around.scrollWidth > around.clientWidth + 1) said.push(`cut off: ${what}`);
      }
    }
    for (const field of card.querySelectorAll('input:not([type=hidden], [hidden])')) {
      boxes.push({ what: `the field ${(field as HTMLInputElement).name}`, owner: field, box: field.getBoundingClientRect() });
    }
    boxes.forEach((one, at) => {
      for (const other of boxes.slice(at + 1)) {
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (one.owner !== other.owner && across > 1 && down > 3) said.push(`over each other: ${one.what} | ${other.what}`);
      }
    });
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) said.push(`${scrollWidth - clientWidth} pixels wider than the screen`);
    return said;
  });
}

/** Looks at a step in every width and size. */
async function looksWell(page: Page, step: string): Promise<void> {
  const before = page.viewportSize()!;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 844 });
    for (const percent of PERCENT) {
      await setText(page, percent);
      expect.soft(await troubles(page), `${step}, ${width} pixels, ${percent} %`).toEqual([]);
    }
  }
  await setText(page, 100);
  await page.setViewportSize(before);
}

test('the way in', async ({ app, device, page, person }) => {
  await app.open('/sign-up');
  await looksWell(page, 'sign-up');
  await app.signUp.submit(person.identifier, person.password);
  await app.confirmSignUp.isShown();
  await looksWell(page, 'confirm-sign-up');
  await person.confirmSignUp();
  await app.createPasskey.isShown();
  await looksWell(page, 'create-passkey');
  await person.createPasskey();
  await person.signOut();
  await looksWell(page, 'identify');
  const prompt = device.holdNextPrompt();
  await person.startSignIn();
  await prompt.shown;
  await looksWell(page, 'use-passkey');
  prompt.dismiss();
  await app.usePasskey.usePassword.click();
  await app.enterPassword.isShown();
  await expect(app.enterPassword.emailCode).toBeVisible();
  await looksWell(page, 'enter-password');
  await app.enterPassword.submit('certainly not the password');
  await expect(app.enterPassword.alert).toBeVisible();
  await looksWell(page, 'enter-password, refused');
  await app.enterPassword.emailCode.click();
  await app.enterCode.isShown();
  await looksWell(page, 'enter-code');
});

test('inside', async ({ app, page, person }) => {
  await person.signUp();
  await looksWell(page, 'dashboard');
  await app.dashboard.renameIn(app.dashboard.rows.first()).click();
  await expect(app.dashboard.save).toBeVisible();
  await looksWell(page, 'dashboard, renaming');
  await app.dashboard.keep.click();
  await app.dashboard.removeIn(app.dashboard.rows.first()).click();
  await expect(app.dashboard.confirmRemoval).toBeVisible();
  await looksWell(page, 'dashboard, removing');
  await app.dashboard.keep.click();
  await app.dashboard.recoveryCodes.click();
  await app.getCodes.get.click();
  await app.recoveryCodes.isShown();
  await looksWell(page, 'recovery-codes');
  await app.open('/account');
  await looksWell(page, 'account');
});

test('an ordinary address is read in full on a phone, with the way to say that it is another person’s', async ({ app, page, person }) => {
  const ada = person.called(`ada.lovelace.${Date.now().toString(36).slice(-5)}@mail.example.test`);
  await page.setViewportSize({ width: 390, height: 844 });
  await ada.startSignIn();
  const name = page.getByText(ada.identifier, { exact: true });
  await expect(name).toBeVisible();
  expect(await name.evaluate((name) => name.scrollWidth - name.clientWidth)).toBeLessThanOrEqual(0);
  await expect(app.enterPassword.notYou).toBeInViewport({ ratio: 1 });
});

test('ways that have a line each begin at the same place', async ({ app, page, person }) => {
  await person.signUp({ passkey: false });
  await page.setViewportSize({ width: 320, height: 844 });
  await app.open('/account');
  const [one, other] = [await app.account.download.boundingBox(), await app.account.deleteAccount.boundingBox()];
  expect(other!.y).toBeGreaterThan(one!.y);
  expect(other!.x).toBe(one!.x);
});
