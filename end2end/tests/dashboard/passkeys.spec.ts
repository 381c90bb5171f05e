/** The list of passkeys: what it tells, and what can be done with it. */
import { expect, test } from '../../fixtures/index.ts';
import { WORKS_HERE } from '../../screens/dashboard.ts';

// A session that has made a passkey may change what opens the account.
test.beforeEach(({ person }) => person.signUp());

test('a row tells provider, dates and whether it works here', async ({ app, device, person }) => {
  const row = app.dashboard.rows.first();
  await app.dashboard.hasPasskeys(1);
  await expect(row).toContainText(device.platform.own.reads);
  await expect(row).toContainText(WORKS_HERE);
  await expect(row).toContainText('Made today');
  await expect(row).toContainText('Not used yet');
  await person.signOut();
  await person.signIn();
  await expect(row).toContainText('Last used today');
});

test('rename: the new name is there, also after a reload', async ({ app }) => {
  await app.dashboard.rename(app.dashboard.rows.first(), 'The blue one');
  await expect(app.dashboard.row('The blue one')).toHaveCount(1);
  await app.reload();
  await expect(app.dashboard.row('The blue one')).toHaveCount(1);
  await expect(app.page.getByRole('button', { name: 'Remove The blue one' })).toBeVisible();
});

test('rename to nothing or to 10,000 characters: said beside the field, the old name stays', async ({ app, device, expectAccessible }) => {
  const name = app.dashboard.passkeys.getByRole('textbox');
  await app.dashboard.renameIn(app.dashboard.rows.first()).click();
  for (const [text, said] of [
    ['', 'Type a name.'],
    ['n'.repeat(10_000), 'This is too long.'],
  ] as const) {
    await name.fill(text);
    await app.dashboard.save.click();
    await expect(app.dashboard.alert).toContainText(said);
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible();
  }
  await app.open('/dashboard');
  await expect(app.dashboard.row(device.platform.own)).toHaveCount(1);
});

test('remove asks once more: keep keeps it; removed for good, it signs in no more', async ({ app, device, person }) => {
  await app.dashboard.removeIn(app.dashboard.rows.first()).click();
  await expect(app.dashboard.confirmRemoval).toBeVisible();
  await app.dashboard.keep.click();
  await expect(app.dashboard.confirmRemoval).toHaveCount(0);
  await app.reload();
  await app.dashboard.hasPasskeys(1);

  await app.dashboard.remove(app.dashboard.rows.first());
  await app.dashboard.hasPasskeys(0);
  await person.signOut();
  await device.opensNoPromptDuring(() => person.startSignIn());
  await app.enterPassword.isShown();
});

test('the focus goes to what is asked, and back to the button of the row that it came from', async ({ app, device, page }) => {
  await device.savesPasskeysIn('Bitwarden');
  await app.dashboard.addPasskey.click();
  await app.createPasskey.create.click();
  await app.passkeyCreated.continue.click();
  await app.dashboard.hasPasskeys(2);
  await page.setViewportSize({ width: 320, height: 568 });
  const row = app.dashboard.rows.last();
  const [rename, remove] = [app.dashboard.renameIn(row), app.dashboard.removeIn(row)];

  await remove.click();
  const question = row.getByText(/^Remove .*\?/);
  await expect(question).toBeFocused();
  await expect(question).toBeInViewport({ ratio: 1 });
  await expect(app.dashboard.confirmRemoval).toBeInViewport({ ratio: 1 });
  await expect(app.dashboard.keep).toBeInViewport({ ratio: 1 });
  await app.dashboard.keep.click();
  await expect(remove).toBeFocused();

  await rename.click();
  await expect(row.getByRole('textbox')).toBeFocused();
  await app.dashboard.keep.click();
  await expect(rename).toBeFocused();
  await app.dashboard.rename(row, 'The blue one');
  await expect(rename).toBeFocused();
  await expect(rename).toHaveAccessibleName('Rename The blue one');

  // There is no row to go back to.
  await app.dashboard.remove(row);
  await app.dashboard.hasPasskeys(1);
  await expect(app.dashboard.heading).toBeFocused();
});

test('remove, and the answer is lost: asked again, the list says how it is', async ({ app, device, page }) => {
  await page.route('**/api/passkeys/remove', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
  await app.dashboard.remove(app.dashboard.rows.first());
  await app.unreachable.isShown();
  await app.unreachable.retry.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(0);
  await expect.poll(() => device.passkeys()).toEqual([]);
});

test('add: a passkey of another manager joins the list', async ({ app, device }) => {
  await device.savesPasskeysIn('Bitwarden');
  await device.opensNoPromptDuring(() => app.dashboard.addPasskey.click());
  await app.createPasskey.isShown();
  await app.createPasskey.create.click();
  await app.passkeyCreated.isShown();
  expect(device.prompts.at(-1)?.listed).toHaveLength(1);
  await app.passkeyCreated.continue.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(2);
  await expect(app.dashboard.row('Bitwarden')).toHaveCount(1);
  await expect(app.dashboard.row(WORKS_HERE)).toHaveCount(2);
});

test('add: not now comes back to the dashboard; a passkey that is here already is good news', async ({ app }) => {
  await app.dashboard.addPasskey.click();
  await app.createPasskey.notNow.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);

  await app.dashboard.addPasskey.click();
  await app.createPasskey.create.click();
  await app.alreadyHere.isShown();
  await app.alreadyHere.continue.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);
});
