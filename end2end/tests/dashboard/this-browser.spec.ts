/** What this browser is trusted with, and how that ends. */
import { expect, test } from '../../fixtures/index.ts';
import { WORKS_HERE } from '../../screens/dashboard.ts';

test('forget this browser: a password here creates no passkey any more', async ({ app, device, person }) => {
  const ada = person.withoutAddress();
  await ada.signUp();
  await expect(app.dashboard.row(WORKS_HERE)).toHaveCount(1);
  await app.dashboard.forgetBrowser.click();
  await expect(app.main).toContainText('This browser is forgotten.');
  await expect(app.dashboard.row(WORKS_HERE)).toHaveCount(0);
  await ada.signOut();
  await device.deletePasskeys();

  await ada.startSignInWithPassword();
  await ada.enterPassword();
  await app.needsProof.isShown();
});

test('signing out ends the session, on the server too', async ({ app, person, page }) => {
  await person.signUp({ passkey: false });
  const cookies = await page.context().cookies();
  await person.signOut();
  await page.context().addCookies(cookies);
  await app.open('/dashboard');
  await app.identify.isShown();
});

test('a session of the password alone changes no passkey, and says so before it asks', async ({ person, anotherDevice, expectAccessible }) => {
  const ada = person.withoutAddress();
  await ada.signUp();
  const { app, device } = await anotherDevice();
  const there = ada.in(app);
  device.neverSettles({ abortable: true });
  await there.startSignInWithPassword();
  await there.enterPassword();
  await app.needsProof.isShown();
  await app.needsProof.continue.click();
  await app.dashboard.hasPasskeys(1);
  for (const change of [app.dashboard.removeIn, app.dashboard.renameIn]) {
    await app.open('/dashboard');
    await change.call(app.dashboard, app.dashboard.rows.first()).click();
    await expect(app.dashboard.alert).toBeVisible();
    await expect(app.dashboard.confirmRemoval).toHaveCount(0);
    await expect(app.dashboard.save).toHaveCount(0);
  }
  await expectAccessible(app);
});
