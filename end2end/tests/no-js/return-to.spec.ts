/** Back to the app by a form: browsers ask the policy of the page about redirects that answer one. */
import { expect, test } from '../../fixtures/index.ts';

test('the form is answered by the app', async ({ app, person, ownServer, otherSite }) => {
  const server = await ownServer({ env: { KEYMEND__RELYING_PARTY__RETURN_TO: otherSite.origin } });
  app.useServer(server);
  await person.signUp({ passkey: false });
  await person.signOut();
  const there = `${otherSite.origin}/start`;
  await app.follow(`${server.origin}/sign-in?return_to=${encodeURIComponent(there)}`);
  await app.identify.submit(person.identifier);
  await app.enterPassword.isShown();
  await app.enterPassword.submit(person.password);
  if ((await app.page.title()) !== 'The app') await app.createPasskey.notNow.click();
  await expect(app.page).toHaveURL(there);
  await expect(app.page.getByRole('heading', { name: 'The app at /start' })).toBeVisible();
  await app.open('/dashboard');
  await app.dashboard.isShown();
});
