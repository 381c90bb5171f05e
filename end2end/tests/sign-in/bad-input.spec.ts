/** Whatever goes in: a clear answer, nothing lost, never a 5xx, never a panic (`nothingBreaks` watches every test). */
import { expect, test, type Device } from '../../fixtures/index.ts';
import { INSECURE_HOST } from '../../support/chromium.ts';

test.describe('the identifier', () => {
  for (const [name, text] of [
    ['empty', ''],
    ['only spaces', '   '],
    ['10,000 characters', 'a'.repeat(10_000)],
    ['a line of control characters', 'ada\u0007\u202e@example.test'],
  ] as const) {
    test(`${name}: said beside the field`, async ({ app, device, expectAccessible }) => {
      await app.open('/sign-in');
      await app.identify.submit(text);
      await app.identify.isShown();
      await expect(app.identify.alert).toBeVisible();
      await expect(app.identify.identifier).toHaveAccessibleDescription(/\S/);
      expect(device.prompts).toEqual([]);
      await expectAccessible();
      await app.identify.submit('ada');
      await expect(app.main).not.toHaveAttribute('data-step', 'identify');
    });
  }

  test('markup is text', async ({ app }) => {
    await app.open('/sign-in');
    await app.identify.submit('<img/src=x/onerror=alert(1)>');
    await expect(app.main).toHaveAttribute('data-step', /use-passkey|enter-password/);
    await expect(app.main).toContainText('<img/src=x/onerror=alert(1)>');
    await expect(app.main.locator('img[src="x"]')).toHaveCount(0);
  });
});

test.describe('the password', () => {
  test.beforeEach(async ({ person }) => {
    await person.signUp({ passkey: false });
    await person.signOut();
    await person.startSignIn();
  });

  for (const [name, text] of [
    ['wrong', 'certainly not the password'],
    ['empty', ''],
    ['10,000 characters', 'p'.repeat(10_000)],
  ] as const) {
    test(`${name}: said beside the field, not shown again, and the right one still works`, async ({ app, person, expectAccessible }) => {
      await app.enterPassword.submit(text);
      await expect(app.enterPassword.alert).toBeVisible();
      await app.enterPassword.isShown();
      await expect(app.enterPassword.password).toHaveValue('');
      await expect(app.main).toContainText(person.identifier);
      await expectAccessible();
      await person.enterPassword();
      await app.dashboard.isShown();
    });
  }

  test('a double click signs in once', async ({ app, person }) => {
    await app.enterPassword.password.fill(person.password);
    await app.enterPassword.signIn.dblclick();
    await app.dashboard.isShown();
    await expect(app.dashboard.alert).toHaveCount(0);
  });
});

test.describe('double clicks', () => {
  test('on the identifier open one prompt', async ({ app, device, person }) => {
    await person.signUp();
    await person.signOut();
    await app.open('/sign-in');
    await app.identify.asksWho();
    await app.identify.identifier.fill(person.identifier);
    await app.identify.continue.dblclick();
    await app.dashboard.isShown();
    expect(device.prompts.filter((prompt) => prompt.kind === 'get')).toHaveLength(1);
  });

  test('on try again open one prompt', async ({ app, device, person }) => {
    await person.signUp();
    await person.signOut();
    device.dismissNext();
    await person.startSignIn();
    await app.usePasskey.tryAgain.dblclick();
    await app.dashboard.isShown();
    expect(device.prompts.filter((prompt) => prompt.kind === 'get')).toHaveLength(2);
  });

  test('on create passkey create one', async ({ app, device, person }) => {
    await person.createAccount();
    await app.createPasskey.create.dblclick();
    await app.passkeyCreated.isShown();
    expect(device.passkeys()).toHaveLength(1);
    expect(device.prompts).toHaveLength(1);
    await app.passkeyCreated.continue.click();
    await app.dashboard.hasPasskeys(1);
  });

  test('on create account create one', async ({ app, person }) => {
    await app.open('/sign-up');
    await app.signUp.identifier.fill(person.withoutAddress().identifier);
    await app.signUp.password.fill(person.password);
    await app.signUp.createAccount.dblclick();
    await app.createPasskey.isShown();
    await expect(app.createPasskey.alert).toHaveCount(0);
  });

  test('on create account ask for one code, and on confirm make one account', async ({ app, person, mailbox }) => {
    await app.open('/sign-up');
    await app.signUp.identifier.fill(person.identifier);
    await app.signUp.password.fill(person.password);
    await app.signUp.createAccount.dblclick();
    await app.confirmSignUp.isShown();
    await app.confirmSignUp.code.fill((await mailbox.next(person.identifier, 'Your code for a new account')).code);
    await app.confirmSignUp.confirm.dblclick();
    await app.createPasskey.isShown();
    await expect(app.createPasskey.alert).toHaveCount(0);
  });
});

test.describe('a passkey that goes away while its prompt is open', () => {
  test('from the device: calm retry', async ({ app, device, person }) => {
    await person.signUp();
    await person.signOut();
    const prompt = device.holdNextPrompt();
    await person.startSignIn();
    await prompt.shown;
    await device.deletePasskeys();
    prompt.approve();
    await expect(app.usePasskey.tryAgain).toBeVisible();
  });

  test('from the account, by another browser: the password is the way on', async ({ app, device, person, anotherDevice, mailbox }) => {
    await device.savesPasskeysIn('Bitwarden');
    await person.signUp();
    const other = await anotherDevice();
    await device.copyPasskeysTo(other.device);
    const there = person.in(other.app);
    await there.startSignIn();
    await other.app.usePasskey.start.click();
    await other.app.dashboard.isShown();

    await person.signOut();
    const prompt = device.holdNextPrompt();
    await person.startSignIn();
    await prompt.shown;
    await other.app.dashboard.remove(other.app.dashboard.rows.first());
    await other.app.dashboard.hasPasskeys(0);
    prompt.approve();
    await expect(app.main).toContainText('That passkey is no longer accepted here: it was removed from this account.');
    await expect(app.main).toContainText(person.identifier);
    await app.enterPassword.isShown();
    await person.enterPassword();
    // Where the passkey was made nothing of it is left, so this browser is one like any other.
    await app.confirm.isShown();
    await app.confirm.submit((await mailbox.next(person.identifier, 'Your code for Keymend')).code);
    await app.createPasskey.isShown();
    await expect(app.createPasskey.headingFirst).toBeVisible();
  });
});

test.describe('a server that restarts in mid-flow', () => {
  test('while the prompt is open', async ({ app, device, person, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.signUp();
    await person.signOut();
    const prompt = device.holdNextPrompt();
    await person.startSignIn();
    await prompt.shown;
    await server.restart();
    prompt.approve();
    await app.dashboard.isShown();
  });

  test('before the password', async ({ app, person, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.signUp({ passkey: false });
    await person.signOut();
    await person.startSignIn();
    await app.enterPassword.isShown();
    await server.restart();
    await person.enterPassword();
    await app.dashboard.isShown();
  });

  test('before the code to the address', async ({ app, person, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await app.open('/sign-up');
    await app.signUp.submit(person.identifier, person.password);
    await app.confirmSignUp.isShown();
    // A mail that is just being sent when the server stops is sent again a minute later; this one has come.
    const { code } = await app.mailbox.next(person.identifier, 'Your code for a new account');
    await server.restart();
    await app.confirmSignUp.submit(code);
    await app.createPasskey.isShown();
  });

  test('while a passkey is being created', async ({ app, device, person, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.createAccount();
    const prompt = device.holdNextPrompt();
    await app.createPasskey.create.click();
    await prompt.shown;
    await server.restart();
    prompt.approve();
    await app.passkeyCreated.isShown();
  });
});

/** From the next page on this browser is one that never heard of passkeys. */
async function withoutWebAuthn({ context }: Device): Promise<void> {
  await context.addInitScript(() => {
    delete (window as { PublicKeyCredential?: unknown }).PublicKeyCredential;
  });
}

test.describe('a browser that cannot use passkeys here', () => {
  test('without WebAuthn the password is asked for, and no passkey is offered', async ({ app, device, person }) => {
    await person.signUp();
    await person.signOut();
    await withoutWebAuthn(device);
    await person.startSignIn();
    await app.enterPassword.isShown();
    await person.enterPassword();
    await app.dashboard.isShown();
    expect(device.prompts.map((prompt) => prompt.kind)).toEqual(['create']);
  });

  test('without WebAuthn a passkey that is asked for says so, and the password signs in', async ({ app, device, person, expectAccessible }) => {
    await person.signUp();
    await person.signOut();
    await withoutWebAuthn(device);
    await person.startSignIn();
    await app.enterPassword.isShown();
    await expect(app.main).toContainText('Passkeys do not work in this browser, so sign in with your password.');
    for (const _ of ['at first', 'and again']) {
      await app.enterPassword.usePasskey.click();
      await app.isAnswered();
      await app.enterPassword.isShown();
      await expect(app.main).toContainText('This browser could not ask for a passkey just now. Your password signs you in as well.');
    }
    await expectAccessible();
    await person.enterPassword();
    await app.dashboard.isShown();
    await app.dashboard.hasPasskeys(1);
    expect(device.prompts.map((prompt) => prompt.kind)).toEqual(['create']);
  });

  test('without WebAuthn no passkey is added on the dashboard, and that is said', async ({ app, device, person, expectAccessible }) => {
    await person.signUp();
    await person.signOut();
    await withoutWebAuthn(device);
    await person.startSignIn();
    await person.enterPassword();
    await app.dashboard.isShown();
    for (const _ of ['at first', 'and again']) {
      await app.dashboard.addPasskey.click();
      await app.isAnswered();
      await app.dashboard.isShown();
      await expect(app.dashboard.alert).toHaveText('This browser cannot make passkeys. Try it with another browser or on another device.');
    }
    await app.dashboard.hasPasskeys(1);
    await expectAccessible();
    await app.reload();
    await expect(app.dashboard.alert).toHaveCount(0);
    expect(device.prompts.map((prompt) => prompt.kind)).toEqual(['create']);
  });

  test('under an address over plain http it leads to the one that works', async ({ app, device, person, page, baseURL, expectAccessible }) => {
    const { port } = new URL(baseURL!);
    app.useServer({ origin: `http://${INSECURE_HOST}:${port}` });
    await app.open('/sign-in');
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await app.identify.submit(person.identifier);
    await app.wrongAddress.isShown();
    await expectAccessible();
    await app.wrongAddress.leadOn.click();
    await expect(page).toHaveURL(`http://localhost:${port}/sign-in`);
    await app.identify.isShown();
    expect(device.prompts).toEqual([]);
  });

  test('a sign-up under an address over plain http makes nothing, and leads to the one that works', async ({ app, device, person, page, baseURL, expectAccessible }) => {
    const { port } = new URL(baseURL!);
    const ada = person.withoutAddress();
    app.useServer({ origin: `http://${INSECURE_HOST}:${port}` });
    await app.open('/sign-up');
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await app.signUp.submit(ada.identifier, ada.password);
    await app.wrongAddress.isShown();
    await expect(app.main).toContainText(`Signing in to Keymend works at http://localhost:${port} only.`);
    await expectAccessible();
    await app.wrongAddress.leadOn.click();
    await expect(page).toHaveURL(`http://localhost:${port}/sign-in`);
    await app.identify.isShown();
    await app.identify.createAccount.click();
    await app.signUp.isShown();
    await app.reacts();
    // The name is still free.
    await app.signUp.submit(ada.identifier, ada.password);
    await app.createPasskey.isShown();
    expect(device.prompts).toEqual([]);
  });
});
