/** The server is down for a while, or its answer gets lost: the person goes on where they were, and nothing is done twice. */
import type { Page, Route } from '@playwright/test';

import { expect, test } from '../../fixtures/index.ts';

test.describe('a server that is down in mid-flow and up again', () => {
  test('before the identifier: nothing is concluded about passkeys, and the retry goes on', async ({ app, device, person, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.signUp();
    await person.signOut();
    await app.open('/sign-in');
    await app.identify.asksWho();
    await server.down();
    await device.opensNoPromptDuring(() => app.identify.submit(person.identifier));
    await app.unreachable.isShown();
    await server.up();
    await app.unreachable.retry.click();
    await app.dashboard.isShown();
    expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', outcome: 'ok' });
  });

  test('before the password: a retry in vain is said as well, and the next one signs in', async ({ app, person, ownServer, expectAccessible }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.signUp({ passkey: false });
    await person.signOut();
    await person.startSignIn();
    await app.enterPassword.isShown();
    await server.down();
    await person.enterPassword();
    await app.unreachable.isShown();
    await app.unreachable.retry.click();
    await app.isAnswered();
    await app.unreachable.isShown();
    await expect(app.unreachable.retry).toBeFocused();
    await expectAccessible();
    await server.up();
    await app.unreachable.retry.click();
    await app.dashboard.isShown();
  });

  test('while the prompt is open: the answer of the passkey is kept, and the owner is asked once', async ({ app, device, person, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.signUp();
    await person.signOut();
    const prompt = device.holdNextPrompt();
    await person.startSignIn();
    await prompt.shown;
    await server.down();
    prompt.approve();
    await app.unreachable.isShown();
    await server.up();
    await device.opensNoPromptDuring(() => app.unreachable.retry.click());
    await app.dashboard.isShown();
    expect(device.prompts.map(({ kind, outcome }) => [kind, outcome])).toEqual([['create', 'ok'], ['get', 'ok']]);
  });

  test('while a passkey is being created: it is kept, and signs in the next time', async ({ app, device, person, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.createAccount();
    const prompt = device.holdNextPrompt();
    await app.createPasskey.create.click();
    await prompt.shown;
    await server.down();
    prompt.approve();
    await app.unreachable.isShown();
    await server.up();
    await device.opensNoPromptDuring(() => app.unreachable.retry.click());
    await app.passkeyCreated.isShown();
    await app.passkeyCreated.continue.click();
    await app.dashboard.hasPasskeys(1);
    await person.signOut();
    await person.signIn();
    expect(device.prompts.at(-1)).toMatchObject({ kind: 'get', listed: device.passkeys(), outcome: 'ok' });
  });

  test('while the page is loaded again: the step is still there', async ({ app, person, page, ownServer }) => {
    const server = await ownServer();
    app.useServer(server);
    await person.signUp({ passkey: false });
    await person.signOut();
    await person.startSignIn();
    await app.enterPassword.isShown();
    await server.down();
    // What is shown now is the browser's own page.
    await expect(page.reload()).rejects.toThrow('ERR_CONNECTION_REFUSED');
    await server.up();
    await app.reload();
    await app.enterPassword.isShown();
    await expect(app.main).toContainText(person.identifier);
    await person.enterPassword();
    await app.dashboard.isShown();
  });
});

/**
 * The server does what it is asked next under this address, and its answer never comes: none of it, or nothing after its head, of
 * which the browser keeps the cookies. What it was answered with is in `answers`.
 */
async function losesAnswer(page: Page, path: string, { head }: { head: 'lost' | 'kept' }): Promise<{ answers: number[] }> {
  const answers: number[] = [];
  const lose = async (route: Route) => {
    const cookies = await page.context().cookies();
    answers.push((await route.fetch()).status());
    // By now the browser has those of the answer as well.
    if (head === 'lost') {
      await page.context().clearCookies();
      await page.context().addCookies(cookies);
    }
    await route.abort('connectionreset');
  };
  await page.route(`**${path}`, lose, { times: 1 });
  return { answers };
}

for (const head of ['kept', 'lost'] as const) {
  test.describe(`an answer that is lost, its head ${head}`, () => {
    test('to a passkey that was created: that is said, and there is one', async ({ app, device, person, page }) => {
      await person.createAccount();
      const { answers } = await losesAnswer(page, '/api/healing/report', { head });
      await app.createPasskey.create.click();
      await app.unreachable.isShown();
      expect(answers).toEqual([200]);
      await device.opensNoPromptDuring(() => app.unreachable.retry.click());
      await app.passkeyCreated.isShown();
      // Where the head is lost, so is the new token of the session, and the one before does nothing for ten seconds:
      // docs/decisions/0035. A person presses again.
      await expect(async () => {
        await app.passkeyCreated.continue.click();
        await app.isAnswered();
        await expect(app.dashboard.heading).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 30_000 });
      await app.dashboard.hasPasskeys(1);
      // Nobody told its provider to take it away again.
      expect(device.signals.map(({ method }) => method)).not.toContain('signalUnknownCredential');
      const [passkey] = device.passkeys();
      await person.signOut();
      await person.signIn();
      expect(device.prompts).toMatchObject([
        { kind: 'create', outcome: 'ok' },
        { kind: 'get', listed: [passkey], outcome: 'ok' },
      ]);
      await app.dashboard.hasPasskeys(1);
    });

    test('to the right password: the retry signs in', async ({ app, person, page }) => {
      await person.signUp({ passkey: false });
      await person.signOut();
      await person.startSignIn();
      await app.enterPassword.isShown();
      const { answers } = await losesAnswer(page, '/api/sign-in/password', { head });
      await person.enterPassword();
      await app.unreachable.isShown();
      expect(answers).toEqual([200]);
      await app.unreachable.retry.click();
      await app.dashboard.isShown();
    });
  });
}

test('the answer to a passkey that signed in is lost, its head kept: the retry comes in', async ({ app, device, person, page }) => {
  await person.signUp();
  await person.signOut();
  const { answers } = await losesAnswer(page, '/api/sign-in/report', { head: 'kept' });
  await person.startSignIn();
  await app.unreachable.isShown();
  expect(answers).toEqual([200]);
  await device.opensNoPromptDuring(() => app.unreachable.retry.click());
  await app.dashboard.isShown();
});

test('the answer to a passkey that signed in is lost as a whole: the next prompt signs in', async ({ app, device, person, page }) => {
  await person.signUp();
  await person.signOut();
  const { answers } = await losesAnswer(page, '/api/sign-in/report', { head: 'lost' });
  await person.startSignIn();
  await app.unreachable.isShown();
  expect(answers).toEqual([200]);
  // A passkey answers a challenge once, and nobody but the owner opens another prompt.
  await device.opensNoPromptDuring(() => app.unreachable.retry.click());
  await app.usePasskey.isShown();
  await expect(app.main).toContainText('You can try again, or use your password.');
  await app.usePasskey.tryAgain.click();
  await app.dashboard.isShown();
  expect(device.prompts.filter(({ kind }) => kind === 'get')).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
});
