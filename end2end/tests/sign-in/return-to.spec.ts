/** Somebody comes from an app, signs in, and is back in the app. */
import { expect, test } from '../../fixtures/index.ts';

test('the sign-in leads back to the app, once, also past the offer of a passkey', async ({ app, device, person, ownServer, otherSite }) => {
  const server = await ownServer({ env: { KEYMEND__RELYING_PARTY__RETURN_TO: otherSite.origin } });
  app.useServer(server);
  await person.signUp();
  await person.signOut();
  const there = `${otherSite.origin}/start`;
  const asking = `${server.origin}/sign-in?return_to=${encodeURIComponent(there)}`;

  await app.follow(asking);
  await app.identify.asksWho();
  await app.identify.submit(person.identifier);
  await app.page.waitForURL(there);
  await expect(app.page.getByRole('heading', { name: 'The app at /start' })).toBeVisible();
  // Once: the dashboard is where it was.
  await app.open('/dashboard');
  await app.dashboard.isShown();
  // Signed in already, so back at once.
  await app.page.goto(asking);
  await expect(app.page).toHaveURL(there);
  await app.open('/dashboard');
  await person.signOut();

  // The passkey is gone from this device.
  await device.deletePasskeys();
  await app.follow(asking);
  await app.identify.asksWho();
  await app.identify.submit(person.identifier);
  await app.usePasskey.tryAgain.click();
  await person.enterPassword();
  await app.createPasskey.isShown();
  await app.createPasskey.create.click();
  await app.passkeyCreated.isShown();
  await app.passkeyCreated.continue.click();
  await app.page.waitForURL(there);
});

test('an origin that is not listed is not gone to', async ({ app, person, ownServer, otherSite }) => {
  const server = await ownServer();
  app.useServer(server);
  await person.signUp();
  await person.signOut();
  await app.follow(`${server.origin}/sign-in?return_to=${encodeURIComponent(otherSite.origin)}`);
  await app.identify.asksWho();
  await app.identify.submit(person.identifier);
  await app.dashboard.isShown();
});
