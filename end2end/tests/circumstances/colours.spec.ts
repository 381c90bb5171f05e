/** Light and dark, paper, and colours that the system forces. */
import type { Page } from '@playwright/test';

import { expect, test } from '../../fixtures/index.ts';

const INK = 'rgb(30, 38, 50)';
const CHALK = 'rgb(236, 231, 220)';

/** The colours of the browser around the page that count now. */
const around = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')]
      .filter(({ media }) => media === '' || matchMedia(media).matches)
      .map(({ content }) => content),
  );

test('what is printed is dark on light, whatever was chosen for the screen', async ({ app, page, person }) => {
  await person.signUp({ passkey: false });
  await app.dashboard.recoveryCodes.click();
  await app.getCodes.get.click();
  await app.recoveryCodes.isShown();
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  const code = app.recoveryCodes.codes.first();
  await expect(code).toHaveCSS('color', CHALK);
  await page.emulateMedia({ media: 'print' });
  await expect(code).toHaveCSS('color', INK);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(code).toHaveCSS('color', INK);
});

test('the browser around the page takes the colour that was chosen, also after a reload', async ({ app, page }) => {
  await app.open('/sign-in');
  expect(await around(page)).toEqual(['#f5efe4']);
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  await expect.poll(() => around(page)).toEqual(['#0f141b']);
  await app.reload();
  expect(await around(page)).toEqual(['#0f141b']);
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => around(page)).toEqual(['#0f141b']);
});

test('words for the ear alone stay unseen where colours are forced', async ({ app, page, person }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await person.signUp({ passkey: false });
  await app.dashboard.forgetBrowser.click();
  await expect(app.status).toHaveText(/^This browser is forgotten/);
  const picture = () => app.status.screenshot({ animations: 'disabled' });
  const withWords = await picture();
  await app.status.locator('span').evaluate((words) => (words.style.visibility = 'hidden'));
  expect(withWords.equals(await picture()), 'nothing is seen of the words').toBe(true);
});
