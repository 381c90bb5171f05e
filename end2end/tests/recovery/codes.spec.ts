/** Recovery codes: how a person gets them, and keeps them. */
import { readFile } from 'node:fs/promises';

import { expect, test } from '../../fixtures/index.ts';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('ten codes can be copied and downloaded, and stay through a reload until they are kept', async ({ app, page, person, expectAccessible }) => {
  await person.signUp();
  await app.dashboard.recoveryCodes.click();
  await app.getCodes.isShown();
  await app.reacts();
  await expectAccessible();
  await app.getCodes.get.click();
  await app.recoveryCodes.isShown();
  await expectAccessible();
  const codes = await app.recoveryCodes.codes.allInnerTexts();
  expect(new Set(codes).size).toBe(10);

  await app.recoveryCodes.copy.click();
  await expect(app.status).toHaveText('The codes are copied.');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));
  const [download] = await Promise.all([page.waitForEvent('download'), app.recoveryCodes.download.click()]);
  const file = await readFile(await download.path(), 'utf8');
  for (const code of codes) expect(file).toContain(code);

  await app.reload();
  await expect(app.recoveryCodes.codes).toHaveText(codes);
  await app.recoveryCodes.continue.click();
  await app.dashboard.isShown();
  await page.goto('/recovery-codes');
  await app.getCodes.isShown();
  await expect(app.main).toContainText('10 recovery codes are left.');
  for (const code of codes) await expect(app.main).not.toContainText(code);
});

for (const [how, refuse] of [
  ['refuses', () => void Object.assign(navigator.clipboard, { writeText: () => Promise.reject(new DOMException('', 'NotAllowedError')) })],
  ['has nothing to copy with', () => void Object.defineProperty(navigator, 'clipboard', { value: undefined })],
] as const) {
  test(`a browser that ${how}: it is said, for the eye as well`, async ({ app, page, person }) => {
    await person.signUp({ passkey: false });
    await app.dashboard.recoveryCodes.click();
    await app.getCodes.get.click();
    await app.recoveryCodes.isShown();
    await page.evaluate(refuse);
    await app.recoveryCodes.copy.click();
    await expect(app.status).toHaveText(/^This browser did not copy them\./);
    await expect(app.status).toHaveCSS('opacity', '1');
    await expect(app.status).toBeInViewport({ ratio: 1 });
  });
}
