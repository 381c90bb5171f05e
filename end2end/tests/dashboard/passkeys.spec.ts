/** The list of passkeys: what it tells, and what can be done with it. */
import { expect, test } from '../../fixtures/index.ts';
import { WORKS_HERE } from '../../screens/dashboard.ts';

test.beforeEach(async ({ person }) => {
  // A session that a passkey opened: it may change what opens the account.
  await person.signUp();
  await person.signOut();
  await person.signIn();
});

test('a row tells provider, dates and whether it works here', async ({ app, device, expectAccessible }) => {
  await app.dashboard.hasPasskeys(1);
  const row = app.dashboard.rows.first();
  await expect(row).toContainText(device.platform.own.reads);
  await expect(row).toContainText(WORKS_HERE);
  await expect(row).toContainText(/Created|Made|Added/);
  await expect(row).toContainText(/used/i);
  await expectAccessible();
});

test('rename: the new name is there, also after a reload', async ({ app, expectAccessible }) => {
  const row = app.dashboard.rows.first();
  await app.dashboard.renameIn(row).click();
  await expectAccessible();
  await app.dashboard.passkeys.getByRole('textbox').fill('The blue one');
  await app.dashboard.save.click();
  await expect(app.dashboard.row('The blue one')).toHaveCount(1);
  await app.reload();
  await expect(app.dashboard.row('The blue one')).toHaveCount(1);
  await expect(app.page.getByRole('button', { name: 'Remove The blue one' })).toBeVisible();
});

for (const [name, text] of [
  ['empty', ''],
  ['10,000 characters', 'n'.repeat(10_000)],
] as const) {
  test(`rename to ${name}: said beside the field, the old name stays`, async ({ app, device }) => {
    await app.dashboard.rename(app.dashboard.rows.first(), text);
    await expect(app.dashboard.alert).toBeVisible();
    await app.open('/dashboard');
    await expect(app.dashboard.row(device.platform.own)).toHaveCount(1);
  });
}

test('remove asks once more; keeping it keeps it', async ({ app, expectAccessible }) => {
  await app.dashboard.removeIn(app.dashboard.rows.first()).click();
  await expect(app.dashboard.confirmRemoval).toBeVisible();
  await expectAccessible();
  await app.dashboard.keep.click();
  await app.dashboard.hasPasskeys(1);
  await app.reload();
  await app.dashboard.hasPasskeys(1);
});

test('removed: gone from the list, and it signs in no more', async ({ app, device, person }) => {
  await app.dashboard.remove(app.dashboard.rows.first());
  await app.dashboard.hasPasskeys(0);
  await person.signOut();
  await device.opensNoPromptDuring(() => person.startSignIn());
  await app.enterPassword.isShown();
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

test('add: a passkey that is here already is good news', async ({ app }) => {
  await app.dashboard.addPasskey.click();
  await app.createPasskey.create.click();
  await app.alreadyHere.isShown();
  await app.alreadyHere.continue.click();
  await app.dashboard.hasPasskeys(1);
});

test('add: not now comes back to the dashboard', async ({ app }) => {
  await app.dashboard.addPasskey.click();
  await app.createPasskey.notNow.click();
  await app.dashboard.isShown();
  await app.dashboard.hasPasskeys(1);
});
