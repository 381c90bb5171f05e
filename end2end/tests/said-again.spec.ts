/** What is said twice is heard twice: a screen reader speaks an alert, and words of the status, when they come into the page. */
import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures/index.ts';

/** The alerts that come into the page from now on, as they come, or what comes into the status. */
async function spokenOf(page: Page, role: 'alert' | 'status'): Promise<() => Promise<string[]>> {
  await page.evaluate((role) => {
    const heard: string[] = [];
    const listen = (records: MutationRecord[]) => {
      for (const added of records.flatMap((record) => [...record.addedNodes])) {
        if (!(added instanceof Element)) continue;
        const spoken = role === 'alert' ? [added, ...added.querySelectorAll('*')].filter((element) => element.role === role) : [added];
        heard.push(...spoken.filter((element) => element.closest(`[role=${role}]`)).map((element) => element.textContent));
      }
    };
    new MutationObserver(listen).observe(document.body, { childList: true, subtree: true });
    Object.assign(window, { heard });
  }, role);
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

test('a wrong password', async ({ app, page, person }) => {
  await person.signUp({ passkey: false });
  await person.signOut();
  await person.startSignIn();
  await app.enterPassword.isShown();
  const heard = await spokenOf(page, 'alert');
  const said = expect.stringMatching(/\S/);
  await app.enterPassword.submit('certainly not the password');
  await expect.poll(heard).toEqual([said]);
  await app.enterPassword.submit('certainly not the password');
  await expect.poll(heard).toEqual([said, said]);
  await expect(app.enterPassword.alert).toHaveCount(1);
  await expect(app.enterPassword.password).toBeFocused();
  await expect(app.enterPassword.password).toHaveAccessibleDescription(/\S/);
});

test('an empty sign-up, field by field', async ({ app, page }) => {
  await app.open('/sign-up');
  const heard = await spokenOf(page, 'alert');
  const said = expect.stringMatching(/\S/);
  await app.signUp.createAccount.click();
  await expect.poll(heard).toEqual([said, said]);
  await app.signUp.createAccount.click();
  await expect.poll(heard).toEqual([said, said, said, said]);
  await expect(app.signUp.identifier).toBeFocused();
});

test('something on the dashboard that a password alone does not do', async ({ app, device, page, person }) => {
  await person.signUp();
  await person.signOut();
  device.neverSettles({ abortable: true });
  await person.startSignInWithPassword();
  await person.enterPassword();
  await app.dashboard.isShown();
  const heard = await spokenOf(page, 'alert');
  const said = expect.stringMatching(/^Nothing was changed/);
  await app.dashboard.removeIn(app.dashboard.rows.first()).click();
  await expect.poll(heard).toEqual([said]);
  await app.dashboard.removeIn(app.dashboard.rows.first()).click();
  await expect.poll(heard).toEqual([said, said]);
});

test('words of the status', async ({ app, page, person }) => {
  await person.signUp({ passkey: false });
  const heard = await spokenOf(page, 'status');
  const said = expect.stringMatching(/^This browser is forgotten/);
  await app.dashboard.forgetBrowser.click();
  await expect.poll(heard).toEqual([said]);
  await app.isAnswered();
  await app.dashboard.forgetBrowser.click();
  await expect.poll(heard).toEqual([said, said]);
});
