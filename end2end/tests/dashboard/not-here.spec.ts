/** Why a passkey is thought not to be here: what can be behind it, and where to look on this platform. */
import { expect, test } from '../../fixtures/index.ts';
import { NOT_FOUND_HERE, WORKS_HERE } from '../../screens/dashboard.ts';

test('a passkey that is not here says when that can happen, for whoever asks', async ({ app, device, person, expectAccessible }) => {
  await person.signUp();
  await person.signOut();
  await device.deletePasskeys();
  await person.failTwice();
  await person.enterPassword();
  await app.createPasskey.isShown();
  await person.createPasskey();

  const gone = app.dashboard.row(NOT_FOUND_HERE);
  const why = gone.getByText('This can happen when …', { exact: true });
  const removed = gone.getByText(/^the passkey was removed from /);
  await expect(removed).toBeHidden();
  await expectAccessible();
  await why.click();
  await expect(removed).toBeVisible();
  await expect(gone.getByText(/[Ll]ook /).first()).toBeVisible();
  await expectAccessible();
  // One that works has nothing to explain, and what is folded is no row.
  await app.dashboard.hasPasskeys(2);
  await expect(app.dashboard.row(WORKS_HERE)).not.toContainText('This can happen when');
});
