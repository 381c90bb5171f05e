/** What this browser is trusted with, and how that ends. */
import { expect, test } from '../../fixtures/index.ts';
import { WORKS_HERE } from '../../screens/dashboard.ts';

test('forget this browser: a password here creates no passkey any more', async ({ app, device, person }) => {
  await person.signUp();
  await person.signOut();
  await person.signIn();
  await app.dashboard.forgetBrowser.click();
  await expect(app.dashboard.row(WORKS_HERE)).toHaveCount(0);
  await person.signOut();
  await device.deletePasskeys();

  await person.startSignInWithPassword();
  await person.enterPassword();
  await app.needsProof.isShown();
});

test('signing out ends the session, on the server too', async ({ app, person, page }) => {
  await person.signUp();
  const cookies = await page.context().cookies();
  await person.signOut();
  await page.context().addCookies(cookies);
  await app.open('/dashboard');
  await app.identify.isShown();
});

test('a session of the password alone changes no passkey', async ({ app, person, anotherDevice }) => {
  await person.signUp();
  const { app: elsewhere } = await anotherDevice();
  const there = person.in(elsewhere);
  await there.startSignInWithPassword();
  await there.enterPassword();
  await there.skipOffer();
  await elsewhere.dashboard.hasPasskeys(1);
  const remove = elsewhere.dashboard.removeIn(elsewhere.dashboard.rows.first());
  if (await remove.isVisible()) {
    await remove.click();
    if (await elsewhere.dashboard.confirmRemoval.isVisible()) await elsewhere.dashboard.confirmRemoval.click();
    await expect(elsewhere.dashboard.alert).toBeVisible();
  }
  await app.open('/dashboard');
  await app.dashboard.hasPasskeys(1);
});
